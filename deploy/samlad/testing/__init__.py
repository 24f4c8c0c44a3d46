"""`./samlad test`: the tiers, what they need, what they counted."""
