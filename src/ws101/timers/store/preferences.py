"""The rows of a user's settings; one who never set any has the defaults of the wire."""

import sqlite3

from ws101.timers.wire import Settings


def find(connection: sqlite3.Connection, user: str) -> Settings:
    """Return the user's settings."""
    found = connection.execute(
        "SELECT default_list, daily_goal, notifications FROM settings WHERE user = ?", (user,)
    ).fetchone()
    if found is None:
        return Settings()
    default_list, daily_goal, notifications = found
    return Settings(
        default_timer_list_id=default_list,
        daily_pomodoro_goal=daily_goal,
        notifications_enabled=bool(notifications),
    )


def save(connection: sqlite3.Connection, user: str, settings: Settings) -> None:
    """Replace the user's settings."""
    connection.execute(
        "INSERT OR REPLACE INTO settings (user, default_list, daily_goal, notifications) VALUES (?, ?, ?, ?)",
        (
            user,
            settings.default_timer_list_id,
            settings.daily_pomodoro_goal,
            int(settings.notifications_enabled),
        ),
    )
