// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An in-memory shard that listens on 127.0.0.1. Thread-safe. */
public final class ShardServer implements AutoCloseable {
  private final ShardCore core;
  private final QuiverHttpServer front;

  private ShardServer(ShardCore core, QuiverHttpServer front) {
    this.core = core;
    this.front = front;
  }

  /**
   * Listens for a shard.
   *
   * @param port 0: one that is free
   * @param keys who may call; empty: everyone
   * @throws IOException if the port is taken
   */
  public static ShardServer start(int port, ShardCore core, List<DevKey> keys) throws IOException {
    QuiverApi api = new QuiverApi(core, keys, ShardServer::sleep);
    return new ShardServer(core, QuiverHttpServer.start("shard", port, api));
  }

  /** Its base URL, without trailing slash. */
  public String url() {
    return front.url();
  }

  /** What it keeps. */
  public ShardCore core() {
    return core;
  }

  /** Stops listening; what it kept is gone with it. */
  @Override
  public void close() {
    front.close();
  }

  static void sleep(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw QuiverError.internal("stopped while a search waited for its index");
    }
  }
}
