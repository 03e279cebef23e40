//! Where in a document something stands, for findings about it.

use crate::finding::Place;
use crate::read::json::push_pointer;
use crate::read::text::Text;
use crate::read::tree::Node;

/// The place of a key of a document, for findings about what it names.
pub(super) fn place_of(text: Text<'_>, node: &Node, keys: &[&str]) -> Place {
    let mut pointer = String::new();
    for key in keys {
        push_pointer(&mut pointer, key);
    }
    Place { pointer: Some(pointer), ..text.place(node.offset) }
}
