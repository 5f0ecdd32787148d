// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.http.Context;
import io.quiverdb.coordinator.auth.Caller;
import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.auth.Role;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Authenticates callers, and records when a poll of the map was last refused. Thread-safe. */
public final class Access {
  /** Paths that need no key. */
  public static final Set<String> OPEN =
      Set.of("/healthz", "/livez", "/readyz", "/internal/member");

  private static final String CALLER = "quiver.caller";

  private final Keys keys;
  private final Clock clock;
  private final AtomicLong lastRefusedPoll = new AtomicLong(Long.MIN_VALUE);

  /** Accepts callers with one of these keys. */
  public Access(Keys keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /** A caller with any key; authenticated once for each request. */
  public Caller reader(Context ctx) {
    if (ctx.req().getAttribute(CALLER) instanceof Caller known) {
      return known;
    }
    Caller caller = authenticated(ctx.header("Authorization"));
    ctx.req().setAttribute(CALLER, caller);
    return caller;
  }

  /** Authenticates before the framework, which finds the caller in the request later. */
  public Caller reader(Request request) {
    Caller caller = authenticated(request.getHeaders().get(HttpHeader.AUTHORIZATION));
    request.setAttribute(CALLER, caller);
    return caller;
  }

  /** The caller that was authenticated in this request, if any. */
  public static Optional<Caller> found(Request request) {
    return Optional.ofNullable(request.getAttribute(CALLER))
        .filter(Caller.class::isInstance)
        .map(Caller.class::cast);
  }

  /** A caller who may change the cluster. */
  public Caller admin(Context ctx) {
    Caller caller = reader(ctx);
    if (caller.role() != Role.ADMIN) {
      throw new ApiException(
          Fault.FORBIDDEN,
          "this takes a key with the role admin; the key " + caller.keyId() + " has another one");
    }
    return caller;
  }

  /** Whether this {@code Authorization} header allows to poll the map. */
  public boolean mayPoll(@Nullable String authorization) {
    if (knows(authorization)) {
      return true;
    }
    lastRefusedPoll.set(clock.millis());
    return false;
  }

  /** Whether the key in this {@code Authorization} header is known now. */
  public boolean knows(@Nullable String authorization) {
    return keys.authenticate(authorization).isPresent();
  }

  /** The caller with the key in this header. */
  public Caller authenticated(@Nullable String authorization) {
    return keys.authenticate(authorization)
        .orElseThrow(
            () ->
                new ApiException(
                    Fault.UNAUTHENTICATED,
                    authorization == null
                        ? "present a key: Authorization: Bearer <key>"
                        : "this key is not known here"));
  }

  /** When a poll of the map was last refused, if that was less than {@code millis} ago. */
  public Optional<Long> refusedPollWithin(long millis) {
    long last = lastRefusedPoll.get();
    return last != Long.MIN_VALUE && clock.millis() - last < millis
        ? Optional.of(last)
        : Optional.empty();
  }
}
