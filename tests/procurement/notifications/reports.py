"""Delivery reports as mail servers write them (RFC 3464)."""

from email.message import Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText


def report(
    message_id: str,
    address: str,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    headings_only: bool = False,
    original: str = "",
) -> bytes:
    """What a server says of one letter and one address."""
    mail = MIMEMultipart("report", report_type="delivery-status")
    mail["From"] = "MAILER-DAEMON@mx.example"
    mail["Message-ID"] = "<1@mx.example>"
    mail.attach(MIMEText("The following address failed.", "plain", "us-ascii"))
    server, about = Message(), Message()
    server["Reporting-MTA"] = "dns; mx.example"
    if original:
        about["Original-Recipient"] = f"rfc822; {original}"
    about["Final-Recipient"] = f"rfc822; {address}"
    about["Action"] = action
    about["Status"] = status
    said = MIMEMessage(server, "delivery-status")
    said.set_payload([server, about])
    mail.attach(said)
    letter = Message()
    letter["Message-ID"], letter["Subject"] = message_id, "call"
    if headings_only:
        mail.attach(MIMEText(letter.as_string(), "rfc822-headers"))
    else:
        letter.set_payload("text")
        mail.attach(MIMEMessage(letter))
    return mail.as_bytes()
