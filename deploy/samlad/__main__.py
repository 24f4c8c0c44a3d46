"""`python -m deploy.samlad`: the command line."""

from deploy.samlad.cli import main

if __name__ == "__main__":
    main()
