// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.cluster;

import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.dev.quiver.ShardServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A few in-memory shards on 127.0.0.1. Thread-safe. */
public final class DevShards implements AutoCloseable {
  private final List<ShardServer> servers;

  private DevShards(List<ShardServer> servers) {
    this.servers = List.copyOf(servers);
  }

  /**
   * Starts empty shards without keys, of the newest release.
   *
   * @param ports where each listens; 0: on one that is free
   * @throws IOException if a port is taken; then none is left running
   */
  public static DevShards start(List<Integer> ports) throws IOException {
    List<ShardServer> started = new ArrayList<>();
    try {
      for (int port : ports) {
        started.add(ShardServer.start(port, ShardCore.of(QuiverVersion.V1_1_0), List.of()));
      }
    } catch (IOException e) {
      started.forEach(ShardServer::close);
      throw e;
    }
    return new DevShards(started);
  }

  /** Their base URLs, in the order of the ports. */
  public List<String> urls() {
    return servers.stream().map(ShardServer::url).toList();
  }

  /** The shards, in the order of the ports. */
  public List<ShardServer> servers() {
    return servers;
  }

  @Override
  public void close() {
    servers.forEach(ShardServer::close);
  }
}
