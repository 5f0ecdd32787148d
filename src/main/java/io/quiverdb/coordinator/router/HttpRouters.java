// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.router;

import io.quiverdb.coordinator.http.Failures;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeoutException;

/** Routers over HTTP. Thread-safe; a call takes 2 s at most, and ends when it is interrupted. */
public final class HttpRouters implements RouterApi {
  private final RouterClient client;

  /** Calls routers through this client. */
  public HttpRouters(RouterClient client) {
    this.client = client;
  }

  @Override
  public ShardMap adoptedMap(String url) throws RouterException, InterruptedException {
    try {
      return client.awaitAdoptedMap(url);
    } catch (UncheckedIOException | IOException | TimeoutException e) {
      throw new RouterException(Failures.reason(e));
    }
  }

  @Override
  public boolean knowsLeaving(String url) throws RouterException, InterruptedException {
    try {
      return client.awaitKnowsLeaving(url);
    } catch (UncheckedIOException | IOException | TimeoutException e) {
      throw new RouterException(Failures.reason(e));
    }
  }
}
