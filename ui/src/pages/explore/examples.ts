/** Queries to start from. Each runs on the built-in packs' fields; none needs configuration. */
export const EXAMPLES: readonly { title: string; query: string }[] = [
  { title: "Latest events", query: "fetch logs, from: -15m\n| sort timestamp desc\n| limit 100" },
  { title: "Who sends what", query: "fetch logs, from: -1h\n| summarize count(), by: { weir.source, weir.pack }\n| sort `count()` desc" },
  { title: "Events over time", query: "fetch logs, from: -1h\n| makeTimeseries count(), by: { weir.pack }, interval: 1m" },
  {
    title: "Hunt a domain in resolver logs",
    query:
      'fetch logs, from: -5m\n| filter aws.log_group == "/aws/route53/unguard-secla-demo/resolver-logs"\n' +
      "| parse content, \"json{timestamp('yyyy-MM-DDTHH:mm:ssZ'):query_timestamp, string:query_name, ipaddr:srcaddr}(flat=true)\"\n" +
      "| parse query_name, \"ld* '.'? ( (ld '.' ld):domain '.' eos) \"\n" +
      '| filter domain == "tiitha-maliciousdomain.com"\n| fields query_timestamp, srcaddr, query_name',
  },
  {
    title: "Security events by category",
    query: 'fetch events, from: -12h\n| filter event.kind == "SECURITY_EVENT"\n| makeTimeseries count(), by: { event.category }, interval:1h',
  },
];
