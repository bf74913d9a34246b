import { ApiError, type Api } from "../../api/client";
import { FaultBox } from "../../parts/fault";
import { usePoll } from "../../parts/poll";
import { agoText, timeText, type Zone } from "../../results/format";

/** Milliseconds between two looks at the sources. */
const EVERY_MS = 2_000;

interface Props {
  api: Api;
  token: string;
  zone: Zone;
  onRefused: () => void;
}

/** Where events come from: how many, how fast, when last, how many were dropped. */
export function Sources({ api, token, zone, onRefused }: Props) {
  const { value, error } = usePoll(
    () => api.sources().catch((failed: unknown) => {
      if (failed instanceof ApiError && failed.status === 401) onRefused();
      throw failed;
    }),
    EVERY_MS,
    token,
  );
  const now = Date.now();
  return (
    <section className="sources" aria-labelledby="sources-title" id="sources" tabIndex={-1}>
      <h2 id="sources-title">Sources</h2>
      {error instanceof ApiError && error.status !== 401 && <FaultBox fault={error.fault} />}
      {value && value.every((source) => source.events === 0) && <FirstEvent />}
      {value && value.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">source</th>
              <th scope="col" className="number">events/s</th>
              <th scope="col" className="number">events</th>
              <th scope="col">last event</th>
              <th scope="col" className="number">dropped</th>
            </tr>
          </thead>
          <tbody>
            {value.map((source) => (
              <tr key={source.name}>
                <th scope="row">
                  {source.name} <span className="kind">{source.kind}</span>
                </th>
                <td className="number">{rateText(source.events_per_second)}</td>
                <td className="number">{source.events.toLocaleString("en")}</td>
                <td title={source.last_event === null ? "" : timeText(source.last_event, zone)}>{agoText(source.last_event, now)}</td>
                <td className={source.dropped > 0 ? "number bad" : "number"}>{source.dropped.toLocaleString("en")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function rateText(rate: number): string {
  return rate >= 100 ? Math.round(rate).toLocaleString("en") : rate.toFixed(1);
}

/** What to do when nothing has arrived yet: three lines to copy. */
function FirstEvent() {
  return (
    <div className="empty">
      <p>No event yet. Send one; the figures move by themselves:</p>
      <pre>{[
        `curl -H 'Authorization: Bearer TOKEN' ${location.origin}/v1/ingest/try -d '{"hello":"weir"}'`,
        `logger --server ${location.hostname} --port 5514 --udp 'hello weir'`,
        `echo '<14>hello weir' > /dev/tcp/${location.hostname}/5514    # bash`,
      ].join("\n")}</pre>
    </div>
  );
}
