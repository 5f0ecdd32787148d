// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.shard.FencedException;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A naive migration with the faults that this project avoids: the simulation must find every one of
 * them. It only grows; it uses commands by hand and keeps no record in the log.
 */
final class NaiveMigrator implements Engine {
  /** Its fault. */
  enum Fault {
    /** Copies once and never looks again. */
    NO_VERIFICATION,
    /** Removes from the donor only what is on the new owner. */
    PRESENCE_CHECKED_DROP,
    /** Trusts an offset while rows come and go. */
    OFFSET_PAGING,
    /** Waits for no router. */
    NO_BARRIER,
    /** Takes an error for an absent point. */
    ERROR_IS_ABSENCE
  }

  private final List<Fault> faults;
  private String target = "";

  NaiveMigrator(Fault... faults) {
    this.faults = List.of(faults);
  }

  private boolean wrong(Fault fault) {
    return faults.contains(fault);
  }

  @Override
  public void lead(Ports ports) throws InterruptedException {
    while (true) {
      if (!target.isEmpty()) {
        try {
          transfer(ports, target);
          target = "";
        } catch (FencedException e) {
          return;
        } catch (Exception e) {
          if (e instanceof InterruptedException interrupted) {
            throw interrupted;
          }
        }
      }
      ports.time().sleep(Duration.ofMillis(200));
    }
  }

  @Override
  public String grow(Ports ports, String url) {
    target = url;
    return "";
  }

  @Override
  public String drain(Ports ports, long shardId) {
    return "";
  }

  @Override
  public boolean busy(ClusterState state) {
    return !target.isEmpty();
  }

  private void transfer(Ports ports, String url) throws Exception {
    ShardMap map = ports.log().state().map();
    if (map.shards().stream().noneMatch(shard -> shard.primaryUrl().equals(url))) {
      for (ShardCollection one :
          persistently(ports, () -> ports.shards().collections(map.shards().get(0).primaryUrl()))) {
        persistently(ports, () -> created(ports, url, one));
      }
      submit(ports, new Command.AddJoiningShard(url, List.of()));
    }
    ShardMap joining = ports.log().state().map();
    Shard target =
        joining.shards().stream().filter(s -> s.primaryUrl().equals(url)).findFirst().orElseThrow();
    barrier(ports, joining.version());
    List<ShardCollection> collections =
        persistently(ports, () -> ports.shards().collections(joining.shards().get(0).primaryUrl()));
    for (int round = 0; round < (wrong(Fault.NO_VERIFICATION) ? 1 : 30); round++) {
      boolean changed = false;
      for (ShardCollection collection : collections) {
        for (Shard donor : joining.shards()) {
          if (donor.id() != target.id()) {
            changed |= copy(ports, joining, collection.name(), donor, target, round);
          }
        }
      }
      if (round > 0 && !changed) {
        break;
      }
      ports.time().sleep(ports.settings().requestDrain());
    }
    if (ports.log().state().map().isJoining(target.id())) {
      submit(ports, new Command.PromoteShard(target.id()));
    }
    ShardMap flipped = ports.log().state().map();
    barrier(ports, flipped.version());
    for (ShardCollection collection : collections) {
      for (Shard donor : joining.shards()) {
        if (donor.id() != target.id()) {
          drop(ports, flipped, collection.name(), donor, target);
        }
      }
    }
  }

  private static boolean created(Ports ports, String url, ShardCollection one)
      throws ShardException, InterruptedException {
    try {
      ports.shards().create(url, one, Optional.empty());
    } catch (ShardException e) {
      if (e.kind() != ShardException.Kind.EXISTS) {
        throw e;
      }
    }
    return true;
  }

  private void barrier(Ports ports, long version) throws Exception {
    if (wrong(Fault.NO_BARRIER)) {
      return;
    }
    for (String router : ports.log().state().routers()) {
      while (persistently(ports, () -> ports.routers().adoptedMap(router)).version() < version) {
        ports.time().sleep(Duration.ofMillis(300));
      }
    }
    ports.time().sleep(ports.settings().mapStaleness().plus(ports.settings().requestDrain()));
  }

  /** One round over one donor; the copies that differ are written again. */
  private boolean copy(
      Ports ports, ShardMap map, String collection, Shard donor, Shard target, int round)
      throws Exception {
    boolean changed = false;
    List<Row> all = new ArrayList<>();
    for (Row row : rows(ports, donor, collection)) {
      if (RendezvousHash.owner(map, row.id()).orElse(-1) == target.id()) {
        all.add(row);
      }
    }
    List<Row> copies = round == 0 ? List.of() : rows(ports, target, collection);
    for (Row row : all) {
      boolean same =
          copies.stream()
              .anyMatch(
                  copy ->
                      copy.id().equals(row.id())
                          && copy.vectorJson().equals(row.vectorJson())
                          && copy.payloadJson().equals(row.payloadJson()));
      if (!same) {
        changed = true;
        persistently(
            ports,
            () -> {
              ports
                  .shards()
                  .upsert(target.primaryUrl(), collection, List.of(row), ShardApi.Way.POINTS);
              return true;
            });
      }
    }
    for (Row copy : copies) {
      if (RendezvousHash.donor(map, copy.id()).orElse(-1) == donor.id()
          && all.stream().noneMatch(row -> row.id().equals(copy.id()))) {
        changed = true;
        delete(ports, target, collection, copy.id());
      }
    }
    return changed;
  }

  /** The whole listing; again and again until it stands still, unless it is told to trust it. */
  private List<Row> rows(Ports ports, Shard shard, String collection) throws Exception {
    List<Row> first = listing(ports, shard, collection);
    while (!wrong(Fault.OFFSET_PAGING)) {
      List<Row> second = listing(ports, shard, collection);
      if (second.stream().map(Row::id).toList().equals(first.stream().map(Row::id).toList())) {
        return second;
      }
      first = second;
    }
    return first;
  }

  private List<Row> listing(Ports ports, Shard shard, String collection) throws Exception {
    List<Row> all = new ArrayList<>();
    while (true) {
      int offset = all.size();
      int limit = ports.shards().fetchLimit(shard.primaryUrl(), collection);
      List<Row> page = List.of();
      try {
        page = ports.shards().fetch(shard.primaryUrl(), collection, offset, limit);
      } catch (ShardException e) {
        if (!wrong(Fault.ERROR_IS_ABSENCE)) {
          ports.time().sleep(Duration.ofMillis(300));
          continue;
        }
      }
      if (page.isEmpty()) {
        return all;
      }
      all.addAll(page);
    }
  }

  private void drop(Ports ports, ShardMap map, String collection, Shard donor, Shard target)
      throws Exception {
    for (Row row : rows(ports, donor, collection)) {
      if (RendezvousHash.owner(map, row.id()).orElse(-1) != target.id()) {
        continue;
      }
      boolean there =
          row.id().isEmpty()
              || !wrong(Fault.PRESENCE_CHECKED_DROP)
              || persistently(
                      ports, () -> ports.shards().point(target.primaryUrl(), collection, row.id()))
                  .isPresent();
      if (there) {
        delete(ports, donor, collection, row.id());
      }
    }
  }

  private void delete(Ports ports, Shard shard, String collection, String id) throws Exception {
    persistently(
        ports,
        () -> {
          ports.shards().delete(shard.primaryUrl(), collection, List.of(id));
          return true;
        });
  }

  private interface Try<T> {
    T now() throws Exception;
  }

  private static <T> T persistently(Ports ports, Try<T> call) throws Exception {
    while (true) {
      try {
        return call.now();
      } catch (ShardException | io.quiverdb.coordinator.router.RouterException e) {
        ports.time().sleep(Duration.ofMillis(300));
      }
    }
  }

  private static void submit(Ports ports, Command command) throws Exception {
    if (ports.log().submit(command) instanceof Outcome.Rejected rejected) {
      throw new IllegalStateException(rejected.detail());
    }
  }
}
