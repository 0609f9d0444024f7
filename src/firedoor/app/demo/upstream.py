"""The demo's MCP server: a customer database in SQLite, over stdio. Not part of the gateway.

python -m firedoor.app.demo.upstream DATABASE
"""

import sqlite3
import sys
from pathlib import Path

PARTS, PART_S = 200, 0.05
"""Of an export."""
CUSTOMERS = [
    (1, "Ada Nowak", "ada.nowak@example.com", "4111 1111 1111 1111", 120.50),
    (2, "Björn Öberg", "bjorn@example.org", "5500 0000 0000 0004", 80.00),
    (3, "Chiara Russo", "chiara.russo@example.net", "3400 0000 0000 009", 310.75),
]


def fill(file: Path) -> None:
    """Make the database anew."""
    file.unlink(missing_ok=True)
    with sqlite3.connect(file) as database:
        database.execute("create table customers (id integer primary key, name, email, card, balance)")
        database.executemany("insert into customers values (?, ?, ?, ?, ?)", CUSTOMERS)
    database.close()


def count(file: Path) -> int | None:
    """How many customers there are; None if the table is gone."""
    database = sqlite3.connect(file)
    try:
        return int(database.execute("select count(*) from customers").fetchone()[0])
    except sqlite3.OperationalError:
        return None
    finally:
        database.close()


def rows(file: Path, limit: int) -> str:
    """Customers as lines of text."""
    database = sqlite3.connect(file)
    try:
        found = database.execute("select id, name, email, balance from customers limit ?", (limit,))
        return "\n".join(" | ".join(str(value) for value in row) for row in found)
    finally:
        database.close()


def balance(file: Path, customer: int) -> float:
    """What a customer has."""
    database = sqlite3.connect(file)
    try:
        (found,) = database.execute("select balance from customers where id = ?", (customer,)).fetchone()
        return float(found)
    finally:
        database.close()


def main(file: str) -> None:
    """Serve the database to one client."""
    import anyio
    from mcp.server.mcpserver import Context, MCPServer

    server = MCPServer("customers")

    @server.tool()
    def read_customers(limit: int = 10) -> str:
        """Read customers from the database."""
        return rows(Path(file), limit)

    @server.tool()
    async def export_customers(context: Context) -> str:
        """Export all customers, part by part: it takes a while."""
        for part in range(1, PARTS + 1):
            await context.report_progress(part, PARTS, f"part {part}")
            await anyio.sleep(PART_S)
        return rows(Path(file), 1000)

    @server.tool()
    def execute_sql(statement: str) -> str:
        """Execute one SQL statement that changes the database."""
        with sqlite3.connect(file) as database:
            return f"{database.execute(statement).rowcount} rows"

    @server.tool()
    def refund(customer: int, amount: float) -> str:
        """Give money back to a customer."""
        with sqlite3.connect(file) as database:
            change = "update customers set balance = balance + ? where id = ?"
            done = database.execute(change, (amount, customer)).rowcount
        return f"refunded {amount:.2f} to {done} customer"

    server.run("stdio")


if __name__ == "__main__":
    main(sys.argv[1])
