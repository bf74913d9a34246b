//! Memory that outlives what borrowed from a text.

/// The memory of a vector for other items of the same layout: one that is collected from another's items stays where it is.
pub fn emptied<A, B>(mut items: Vec<A>) -> Vec<B> {
    items.clear();
    items.into_iter().map_while(|_| None).collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn memory_stays_where_it_is() {
        let text = String::from("a");
        let items = vec![Cow::Borrowed(text.as_str()); 100];
        let (place, room) = (items.as_ptr() as usize, items.capacity());
        let other: Vec<Cow<'static, str>> = emptied(items);
        assert_eq!((other.as_ptr() as usize, other.capacity(), other.len()), (place, room, 0));
    }
}
