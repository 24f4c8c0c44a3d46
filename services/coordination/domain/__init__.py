"""What a coordinator decides, as pure functions.

`decide(state, …) -> events | refusal` and `evolve(state, event, at) -> state`; time is an argument.
"""
