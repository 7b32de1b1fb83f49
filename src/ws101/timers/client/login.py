"""One profile's login in use: signs in and out, and renews the access token so that two processes never collide."""

import secrets

from msgspec import Struct

from ws101.timers.account import SignedIn
from ws101.timers.client.credentials import Credentials, Vault
from ws101.timers.client.profile import Profile
from ws101.timers.client.refusal import NotSignedIn, Refused, Unreachable
from ws101.timers.client.rest import Rest
from ws101.timers.clock import Clock

_EARLY = 5_000  # ms before its end at which a token is renewed


class Login(Struct, frozen=True):
    """Gives access tokens; all methods raise Refused and Unreachable, and NotSignedIn where there is no login."""

    profile: Profile
    vault: Vault
    rest: Rest
    clock: Clock

    def credentials(self) -> Credentials:
        """Return the login of this profile; raise NotSignedIn when there is none for its URL."""
        kept = self.vault.load(self.profile.name)
        if kept is None:
            raise NotSignedIn(self.profile.name)
        if kept.url != self.profile.url:
            why = f"the login of {self.profile.name} is for {kept.url}, and the profile now names {self.profile.url}"
            raise NotSignedIn(self.profile.name, why)
        return kept

    async def sign_in(self, email: str, password: str) -> SignedIn:
        """Begin a session in place of any other."""
        return await self._begin(await self.rest.sign_in(email, password))

    async def register(self, name: str, email: str, password: str) -> SignedIn:
        """Make an account, and begin a session in place of any other."""
        return await self._begin(await self.rest.register(name, email, password))

    async def sign_out(self) -> None:
        """End the session at the service, and forget it here even where the service does not answer."""
        self.credentials()
        try:
            await self.rest.sign_out(await self.access())
        except NotSignedIn:
            pass  # it had ended already
        except Refused as refused:
            if refused.refusal.status != 401:  # as above
                raise
        finally:
            self.vault.delete(self.profile.name)

    async def access(self) -> str:
        """Return an access token that has not expired."""
        kept = self.credentials()
        if kept.expires_at - self.clock.now() > _EARLY:
            return kept.token
        return await self.renew(kept.token)

    async def renew(self, refused: str) -> str:
        """Return another access token than this: another process's where one has renewed it meanwhile."""
        async with self.vault.locked(self.profile.name):
            kept = self.credentials()
            if kept.token != refused:
                return kept.token
            try:
                granted = await self._refreshed(kept.refresh_token)
            except Refused as answer:
                if answer.refusal.status not in {400, 401, 403}:
                    raise
                said = answer.refusal.line.removesuffix("Sign in.").rstrip(" .")
                raise NotSignedIn(self.profile.name, f"your login has ended. {said}") from None
            return self._keep(granted, kept.device).token

    async def _refreshed(self, token: str) -> SignedIn:
        """Ask once more where no answer came: the service may have used the token up, and says so again for a moment."""
        try:
            return await self.rest.refresh(token)
        except Unreachable:
            return await self.rest.refresh(token)

    async def _begin(self, granted: SignedIn) -> SignedIn:
        async with self.vault.locked(self.profile.name):
            before = self.vault.load(self.profile.name)
            self._keep(granted, before.device if before else secrets.token_hex(8))
        return granted

    def _keep(self, granted: SignedIn, device: str) -> Credentials:
        made = Credentials(
            url=self.profile.url,
            email=granted.user.email,
            token=granted.token,
            refresh_token=granted.refresh_token,
            expires_at=self.clock.now() + granted.expires_in * 1000,
            device=device,
        )
        self.vault.save(self.profile.name, made)
        return made
