// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.http.Query;
import io.quiverdb.coordinator.audit.AuditRecord;
import io.quiverdb.coordinator.audit.AuditRecord.Outcome;
import io.quiverdb.coordinator.auth.Caller;
import io.quiverdb.coordinator.auth.Keys;
import java.time.Clock;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records every change and every refused request. It does not record successful reads, which change
 * nothing and which every router makes every two seconds. It does not record dry runs either. A
 * change that was forced has that in its name.
 */
final class AuditHandler extends Handler.Wrapper {
  private static final Logger LOG = LoggerFactory.getLogger(AuditHandler.class);
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  /** Quiver's name for callers if there are no keys. */
  private static final String INSECURE = "insecure";

  private static final String NO_KEY = "anonymous";

  /** The limit of recorded refusals per second: strangers must not be able to fill the disk. */
  private static final int REFUSALS = 100;

  private static final int MAX_PATH_CHARS = 256;

  private final Consumer<AuditRecord> audit;
  private final Keys keys;
  private final Clock clock;
  private long second;
  private int refusals;
  private long unrecorded;

  AuditHandler(Consumer<AuditRecord> audit, Keys keys, Clock clock, Handler next) {
    super(next);
    this.audit = audit;
    this.keys = keys;
    this.clock = clock;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    return super.handle(
        request, response, Callback.from(() -> answered(request, response.getStatus()), callback));
  }

  private void answered(Request request, int status) {
    boolean denied = status == 401 || status == 403;
    boolean changing = !READING.contains(request.getMethod()) && !has(request, "dry_run");
    if (!denied && !changing) {
      return;
    }
    if (denied && !mayRecord()) {
      return;
    }
    String path = String.valueOf(request.getHttpURI().getPath());
    audit.accept(
        new AuditRecord(
            clock.millis(),
            actor(request),
            AuditedAction.of(request.getMethod(), path) + (has(request, "force") ? "_forced" : ""),
            path.length() <= MAX_PATH_CHARS ? path : path.substring(0, MAX_PATH_CHARS),
            denied ? Outcome.DENIED : status < 400 ? Outcome.OK : Outcome.ERROR));
  }

  /** As routes read a flag, also in a query that they refuse for another part of it. */
  private static boolean has(Request request, String flag) {
    String query = request.getHttpURI().getQuery();
    return query != null
        && Arrays.stream(query.split("&")).anyMatch(part -> Query.sets(part, flag));
  }

  private String actor(Request request) {
    if (keys.open()) {
      return INSECURE;
    }
    return Access.found(request)
        .map(Caller::keyId)
        .or(() -> Keys.fingerprint(request.getHeaders().get(HttpHeader.AUTHORIZATION)))
        .orElse(NO_KEY);
  }

  private synchronized boolean mayRecord() {
    long now = clock.millis() / 1_000;
    if (now != second) {
      if (unrecorded > 0) {
        LOG.warn("{} refused requests of one second are not in the audit file", unrecorded);
      }
      second = now;
      refusals = 0;
      unrecorded = 0;
    }
    refusals++;
    unrecorded += refusals > REFUSALS ? 1 : 0;
    return refusals <= REFUSALS;
  }
}
