"""From the raw typed tree of a form to its compiled definition: names, types, verbs, permissions are checked. Pure."""
