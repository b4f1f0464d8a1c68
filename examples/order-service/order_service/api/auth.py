"""Who is asking."""

import hashlib
import hmac
import secrets

import redis
from fastapi import APIRouter, Cookie, Depends, HTTPException, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from order_service.cache import session_store
from order_service.db import get_db
from order_service.models import Customer
from order_service.settings import JWT_SECRET, settings

router = APIRouter(prefix="/auth")


class Credentials(BaseModel):
    """What somebody logs in with."""

    email: str = Field(max_length=200)
    password: str = Field(max_length=200)


def fingerprint(password: str) -> str:
    """Answer the keyed hash that is stored for a password."""
    return hmac.new(JWT_SECRET.encode(), password.encode(), hashlib.sha256).hexdigest()


def current_customer(session_id: str = Cookie(), db: Session = Depends(get_db)) -> Customer:
    """Answer the customer of the session; 401 if there is none."""
    customer_id = session_store.get(f"session:{session_id}")
    customer = db.get(Customer, int(customer_id)) if customer_id else None
    if customer is None:
        raise HTTPException(status_code=401, detail="log in first")
    return customer


@router.post("/login")
def login(credentials: Credentials, response: Response, db: Session = Depends(get_db)):
    """Start a session."""
    customer = db.scalar(select(Customer).where(Customer.email == credentials.email))
    if customer is None or not hmac.compare_digest(customer.password_hash, fingerprint(credentials.password)):
        raise HTTPException(status_code=401, detail="wrong address or password")
    session_id = secrets.token_urlsafe(32)
    store = redis.Redis.from_url(settings.redis_url, db=2, socket_timeout=2)  # AUD203
    store.set(f"session:{session_id}", customer.id, ex=86400)
    response.set_cookie("session_id", session_id, httponly=True, secure=True, samesite="none")
    return {"customer": customer.id}
