"""The bus between services: facts go out by the relay and come in by projectors and reactions."""
