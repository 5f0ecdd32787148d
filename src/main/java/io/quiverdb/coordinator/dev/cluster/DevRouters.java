// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.cluster;

import io.quiverdb.coordinator.dev.quiver.RouterServer;
import io.quiverdb.coordinator.dev.quiver.RouterSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A few routers on 127.0.0.1; each polls another coordinator. Thread-safe. */
public final class DevRouters implements AutoCloseable {
  private final List<RouterServer> servers;

  private DevRouters(List<RouterServer> servers) {
    this.servers = List.copyOf(servers);
  }

  /**
   * Starts routers without keys, of the newest release.
   *
   * @param ports where each listens; 0: on one that is free
   * @param seedUrls shards of their own map
   * @param coordinatorUrls the coordinators that they poll, in turn
   * @throws IOException if a port is taken; then none is left running
   */
  public static DevRouters start(
      List<Integer> ports, List<String> seedUrls, List<String> coordinatorUrls) throws IOException {
    List<RouterServer> started = new ArrayList<>();
    try {
      for (int port : ports) {
        String polled = coordinatorUrls.get(started.size() % coordinatorUrls.size());
        started.add(RouterServer.start(port, RouterSettings.of(seedUrls, polled)));
      }
    } catch (IOException e) {
      started.forEach(RouterServer::close);
      throw e;
    }
    return new DevRouters(started);
  }

  /** Their base URLs, in the order of the ports. */
  public List<String> urls() {
    return servers.stream().map(RouterServer::url).toList();
  }

  /** The routers, in the order of the ports. */
  public List<RouterServer> servers() {
    return servers;
  }

  @Override
  public void close() {
    servers.forEach(RouterServer::close);
  }
}
