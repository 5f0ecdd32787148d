// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.http.ListenerProbe;
import io.quiverdb.coordinator.migration.preflight.ShardUrlPreflight;
import java.util.Optional;

/** Looks from this member at the address that a shard leaves. Thread-safe. */
final class OldShardAddress implements ShardUrlPreflight.OldAddress {
  private final ListenerProbe probe;

  OldShardAddress(ListenerProbe probe) {
    this.probe = probe;
  }

  @Override
  public Optional<String> problem(String url) throws InterruptedException {
    return switch (probe.look(url)) {
      case REFUSES -> Optional.empty();
      case ACCEPTS ->
          Optional.of(
              url
                  + " takes connections: a process runs there. Routers first try the address"
                  + " that accepted their last write, even if it is no longer in the map, so"
                  + " they would continue to write to it; stop that process");
      case SILENT ->
          Optional.of(
              url
                  + " does not answer and does not refuse: a process may live there that this member"
                  + " cannot reach, and routers would wait for it with each write; let the host"
                  + " refuse connections, or, if it is gone for good, repeat it with force and"
                  + " restart the routers");
      case NO_ADDRESS ->
          Optional.of(
              url
                  + " has no address here, but routers may know one; if the name is gone for good,"
                  + " repeat it with force");
    };
  }
}
