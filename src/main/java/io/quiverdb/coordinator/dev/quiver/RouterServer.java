// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import io.quiverdb.coordinator.thread.DaemonThreads;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An in-memory router that listens on 127.0.0.1 and polls one coordinator. Thread-safe. */
public final class RouterServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RouterServer.class);

  private final RouterCore core;
  private final QuiverHttpServer front;
  private final Optional<ScheduledExecutorService> poller;

  private RouterServer(
      RouterCore core, QuiverHttpServer front, Optional<ScheduledExecutorService> poller) {
    this.core = core;
    this.front = front;
    this.poller = poller;
  }

  /**
   * Listens and begins to poll.
   *
   * @param port 0: one that is free
   * @throws IOException if the port is taken
   */
  public static RouterServer start(int port, RouterSettings settings) throws IOException {
    RouterCore core =
        new RouterCore(
            settings.version(),
            Limits.DEFAULT,
            RouterCore.seed(settings.seedUrls()),
            new HttpShardCalls(settings.shardKey()));
    QuiverApi api = new QuiverApi(core, settings.keys(), ShardServer::sleep);
    QuiverHttpServer front = QuiverHttpServer.start("router", port, api);
    return new RouterServer(
        core, front, settings.coordinatorUrl().map(url -> poller(core, url, settings)));
  }

  private static ScheduledExecutorService poller(
      RouterCore core, String coordinatorUrl, RouterSettings settings) {
    ScheduledExecutorService poller =
        Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("router-poll"));
    var unused =
        poller.scheduleWithFixedDelay(
            () -> poll(core, coordinatorUrl),
            0,
            settings.pollInterval().toNanos(),
            TimeUnit.NANOSECONDS);
    return poller;
  }

  /** Polls once. A failure is ignored, because the next poll follows. */
  private static void poll(RouterCore core, String coordinatorUrl) {
    try {
      core.pollOnce(coordinatorUrl);
    } catch (IOException | RuntimeException | Error e) {
      LOG.debug("poll of {} failed: {}", coordinatorUrl, e.toString());
    }
  }

  /** Its base URL, without trailing slash. */
  public String url() {
    return front.url();
  }

  /** What it knows. */
  public RouterCore core() {
    return core;
  }

  /** Stops polling and listening. */
  @Override
  public void close() {
    poller.ifPresent(ScheduledExecutorService::shutdownNow);
    front.close();
  }
}
