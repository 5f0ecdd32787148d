// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import io.quiverdb.coordinator.http.DirectHttp;
import io.quiverdb.coordinator.http.NameLookups;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The real client of shards, and a listener instead of a shard. */
final class FaultyShard implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(20);
  static final Fence OPEN = () -> System.nanoTime() + LONG.toNanos();

  private final NameLookups names = new NameLookups();
  private final DirectHttp http = new DirectHttp(names, Duration.ofSeconds(2), 16);
  private final FaultServer server;

  FaultyShard() throws IOException {
    server = new FaultServer(call -> {});
  }

  FaultServer server() {
    return server;
  }

  ShardApi client(Duration limit, Fence fence) {
    return new HttpShardClient(http, Optional.empty(), limit, fence);
  }

  @Override
  public void close() throws IOException {
    server.close();
    http.close();
    names.close();
  }
}
