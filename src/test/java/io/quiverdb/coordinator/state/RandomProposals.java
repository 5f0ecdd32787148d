// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.BackupContent;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/**
 * A seeded stream of proposals, sensible ones and hostile ones; a seed always gives the same for
 * the same states.
 */
public final class RandomProposals {
  private static final String[] ODD_TEXTS = {
    "",
    "  ",
    "no url",
    "http://",
    "http://x:0",
    "\ud800",
    "http://\u0000",
    "ü://ß",
    "\n\t\r",
    "http://n1:1?q",
    "[]{}\"\\",
    "x".repeat(5000),
    "http://" + "y".repeat(3000),
    "\uffff\udc00"
  };
  private static final long[] ODD_NUMBERS = {
    0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53, (1L << 53) + 1, -2
  };

  private final Random random;
  private final RandomMigrations migrations;
  private final RandomMembers members;
  private final RandomChecks checks;
  private final RandomPlans plans;
  private final RandomGrowth growth;
  private final RandomBackups backups;
  private long millis = 1_700_000_000_000L;

  /** A stream that this seed decides alone. */
  public RandomProposals(long seed) {
    this.random = new Random(seed);
    this.migrations = new RandomMigrations(random, this::text, this::number);
    this.members = new RandomMembers(random, this::text, this::number);
    this.checks = new RandomChecks(random, this::text, this::number);
    this.plans = new RandomPlans(random, this::text, this::number);
    this.growth = new RandomGrowth(random, this::text, this::number);
    this.backups = new RandomBackups(random, this::text, this::number);
  }

  /**
   * The next proposal; about one in ten is hostile.
   *
   * @param state the state that it will meet, so that migrations get somewhere
   * @param term the term in which it will be logged
   */
  public Proposal next(ClusterState state, long term) {
    boolean hostile = random.nextInt(10) == 0;
    millis += random.nextInt(100) == 0 ? 20L * 60 * 60 * 1000 : random.nextInt(1000);
    // A stamp far in the future expires every key for good: those must stay rare.
    long at = random.nextInt(200) == 0 ? number() : millis - random.nextInt(500);
    Stamp stamp =
        new Stamp(hostile ? text() : "c" + random.nextInt(3), "key" + random.nextInt(3), at);
    Optional<IdempotencyKey> key =
        random.nextBoolean()
            ? Optional.of(
                new IdempotencyKey(
                    "k" + random.nextInt(200), "f" + (random.nextInt(10) == 0 ? 1 : 0)))
            : Optional.empty();
    OptionalLong expected =
        random.nextInt(8) == 0 ? OptionalLong.of(random.nextInt(40)) : OptionalLong.empty();
    return new Proposal(stamp, key, expected, hostile ? hostile() : sensible(state, term));
  }

  private Command sensible(ClusterState state, long term) {
    if (random.nextInt(5) > 1) {
      return migrations.sensible(state, term);
    }
    return switch (random.nextInt(24)) {
      case 22, 23 -> backups.sensible(state, term);
      case 16 ->
          new Command.SetShardUrl(random.nextInt(12), url(), someReplicas(), random.nextBoolean());
      case 17, 18, 19 -> plans.sensible(state, term);
      case 20, 21 -> growth.sensible(state, term);
      case 14, 15 -> checks.sensible(state, term);
      case 12, 13 -> members.sensible(state, term);
      case 0 -> new Command.AddShard(url(), replicas());
      case 1, 2 -> new Command.AddJoiningShard(url(), replicas());
      case 3 -> new Command.PromoteShard(random.nextInt(12));
      case 4 -> new Command.RemoveShard(random.nextInt(12));
      case 5 -> new Command.AllocateId();
      case 6 -> new Command.AddReplica(random.nextInt(12), url());
      case 7 -> new Command.RemoveReplica(random.nextInt(12), url());
      case 8 -> new Command.RegisterRouter(url());
      case 9 -> new Command.RemoveRouter(url(), random.nextBoolean());
      case 10 ->
          random.nextInt(4) == 0
              ? new Command.Restore(backup(), random.nextInt(50), random.nextInt(50))
              : new Command.RaiseFormat(random.nextBoolean() ? 2 : 4, term);
      default -> bootstrap();
    };
  }

  private Command hostile() {
    if (random.nextBoolean()) {
      return migrations.hostile();
    }
    return switch (random.nextInt(17)) {
      case 16 -> backups.hostile();
      case 13 ->
          new Command.SetShardUrl(number(), text(), Optional.of(List.of(text(), text())), true);
      case 14 -> plans.hostile();
      case 15 -> growth.hostile();
      case 12 -> checks.hostile();
      case 11 -> members.hostile();
      case 0 -> new Command.AddShard(text(), List.of(text(), text()));
      case 1 -> new Command.AddJoiningShard(text(), List.of());
      case 2 -> new Command.PromoteShard(number());
      case 3 -> new Command.RemoveShard(number());
      case 4 -> new Command.AddReplica(random.nextInt(5), text());
      case 5 -> new Command.RemoveReplica(random.nextInt(5), text());
      case 6 -> new Command.RegisterRouter(text());
      case 7 -> new Command.RemoveRouter(text(), true);
      case 8 ->
          new Command.Restore(new BackupContent(text(), oddMap(), 0, 0, List.of(text())), 0, 0);
      case 9 ->
          random.nextBoolean()
              ? new Command.RaiseFormat((int) number(), number())
              : new Command.AdmitMember("c" + random.nextInt(3), "x" + random.nextInt(9), 7);
      default -> new Command.Bootstrap(text(), text(), oddMap(), number(), List.of(text()));
    };
  }

  /** A bootstrap of two shards and a router. */
  public Command bootstrap() {
    ShardMap map =
        new ShardMap(
            0,
            List.of(
                new Shard(0, "http://s0:6333", List.of()),
                new Shard(1, "http://s1:6333", List.of("http://s1r:6333"))),
            List.of(),
            List.of());
    return new Command.Bootstrap("uuid", "f" + random.nextInt(2), map, 2, List.of("http://r0:1"));
  }

  private BackupContent backup() {
    List<Shard> shards =
        List.of(
            new Shard(random.nextInt(6), "http://b0:6333", List.of()),
            new Shard(6 + random.nextInt(6), url(), List.of()));
    // Only a restore, or a bootstrap, brings a shard that is leaving without a migration.
    List<Long> leaving = random.nextBoolean() ? List.of(shards.get(1).id()) : List.of();
    ShardMap map = new ShardMap(random.nextInt(30), shards, List.of(), leaving);
    return new BackupContent(
        "other", map, random.nextInt(30), random.nextInt(30), List.of("http://r1:1"));
  }

  private ShardMap oddMap() {
    List<Shard> shards = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      shards.add(new Shard(number(), text(), List.of(text())));
    }
    return new ShardMap(number(), shards, List.of(number()), List.of(number()));
  }

  private String url() {
    return "http://n" + random.nextInt(25) + ":6333" + (random.nextBoolean() ? "/" : "");
  }

  private List<String> replicas() {
    return random.nextInt(3) == 0 ? List.of(url()) : List.of();
  }

  private Optional<List<String>> someReplicas() {
    return random.nextBoolean() ? Optional.of(replicas()) : Optional.empty();
  }

  private String text() {
    return ODD_TEXTS[random.nextInt(ODD_TEXTS.length)];
  }

  private long number() {
    return ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)];
  }
}
