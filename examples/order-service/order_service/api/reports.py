"""Reports and uploads for the people in the office."""

import asyncio
import subprocess
import time
from pathlib import Path

import requests
from fastapi import APIRouter, Depends, Request, UploadFile
from PIL import Image
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from order_service.cache import async_client
from order_service.db import get_db
from order_service.schemas import ReportRange
from order_service.services import inventory
from order_service.settings import PAGE_SIZE, REPORTING_URL, settings

router = APIRouter(prefix="/reports")


@router.post("/revenue")
def revenue(wanted: ReportRange, order_by: str = "day", db: Session = Depends(get_db)):
    """Answer the revenue per day."""
    query = f"SELECT date(created_at) AS day, sum(total) AS total FROM orders GROUP BY 1 ORDER BY {order_by}"
    return [dict(row) for row in db.execute(text(query)).mappings()]  # AUD010


@router.get("/waiting")
async def waiting():
    """Answer how many orders wait."""
    async_client.incr("views:waiting")  # AUD309
    return {"waiting": inventory.open_orders()}  # AUD308


@router.get("/archive")
def archive():
    """Answer the years for which there is an archive."""
    engine = create_engine(REPORTING_URL, pool_pre_ping=True)  # AUD017
    with engine.connect() as connection:
        return [row[0] for row in connection.execute(text("SELECT DISTINCT year FROM archive"))]


@router.get("/daily")
def daily(request: Request, db: Session = Depends(get_db)):
    """Answer the orders of the last days, a page at a time."""
    page = int(request.query_params["page"])  # AUD504
    query = text("SELECT date(created_at), count(*) FROM orders GROUP BY 1 ORDER BY 1 LIMIT :size OFFSET :start")
    return [tuple(row) for row in db.execute(query, {"size": PAGE_SIZE, "start": page * PAGE_SIZE})]


@router.get("/about")
def about():
    """Answer how the service is set up."""
    return {"version": "1.4.0", "settings": settings}  # AUD515


@router.post("/photo")
async def upload_photo(file: UploadFile):
    """Store the photo of a product, and a small one beside it."""
    content = await file.read()  # AUD506
    path = Path(settings.upload_folder) / file.filename  # AUD517
    with open(path, "wb") as target:  # AUD305
        target.write(content)  # AUD305
    small = Image.open(path).resize((320, 320))  # AUD305 AUD307
    await asyncio.to_thread(small.save, path.with_suffix(".small.jpg"))
    return {"stored": path.name}


@router.post("/backup")
async def backup():
    """Write a dump of the database beside the uploads."""
    subprocess.run(["pg_dump", "--file", f"{settings.upload_folder}/dump.sql"], check=True)  # AUD301
    requests.post("https://status.example.com/backup", timeout=5)  # AUD303
    time.sleep(1)  # AUD306
    return {"status": "written"}
