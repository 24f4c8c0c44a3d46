"""What intake is measured against: the same form, checked and inserted, and nothing else.

No key is looked up, no text screened, nothing sealed, no event kept for the bus, no repeat known.

    python -m deploy.samlad.bench_plain PORT MONGO_URL DATABASE
"""

import sys
from uuid import uuid4

import uvicorn
from fastapi import FastAPI

from services.intake.domain.report import ConcernReport
from shared.store.client import connect

PATH = "/concerns"


def build(mongo_url: str, database: str) -> FastAPI:
    """The app: one route, one `insert_one` at w: majority."""
    collection = connect(mongo_url).database(database)["concerns"]
    app = FastAPI()

    @app.post(PATH, status_code=202)
    async def report(said: ConcernReport) -> dict[str, str]:
        concern_id = str(uuid4())
        await collection.insert_one({"_id": concern_id, **said.model_dump(mode="json")})
        return {"concern_id": concern_id}

    return app


def main() -> None:
    """Serve until told to stop."""
    port, mongo_url, database = sys.argv[1:4]
    uvicorn.run(build(mongo_url, database), port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
