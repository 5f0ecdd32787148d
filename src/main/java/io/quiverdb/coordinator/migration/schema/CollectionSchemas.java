// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.schema;

import io.quiverdb.coordinator.migration.step.DonorDataCheck;
import io.quiverdb.coordinator.migration.step.MigrationContext;
import io.quiverdb.coordinator.migration.step.MigrationShards;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the collections of the targets equal to those of the donors, by name and schema, while
 * clients create and drop some. A difference may be a client's request that has reached only some
 * shards, so it has to be seen twice, {@code request_drain} apart.
 */
public final class CollectionSchemas {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionSchemas.class);
  private static final String WORD = "collections";

  private final MigrationContext context;
  private final DonorDataCheck truth;
  private List<ShardCollection> wantedLast = List.of();

  /** What is not equal. */
  private enum Kind {
    MISSING,
    EXTRA,
    OTHER_SCHEMA,
    DONORS_DISAGREE
  }

  /**
   * One difference.
   *
   * @param url of the target, or of the donor that disagrees with the first one
   * @param like what the donors have; empty if they do not have it
   * @param points how many it has at the URL
   */
  private record Difference(
      Kind kind, String collection, String url, Optional<ShardCollection> like, long points) {

    /** The count of a collection, and its index, may change meanwhile. */
    boolean sameAs(Difference other) {
      return kind == other.kind && collection.equals(other.collection) && url.equals(other.url);
    }

    /** Why donors may have lost the collection, or its points; empty if they have points of it. */
    Optional<String> missing() {
      if (like.isEmpty()) {
        return Optional.of("no donor has " + collection + " any more");
      }
      return like.get().count() == 0
          ? Optional.of(
              "the donors have "
                  + collection
                  + " again, with another schema and"
                  + " without points")
          : Optional.empty();
    }

    String text() {
      return switch (kind) {
        case MISSING -> collection + " is missing on " + url;
        case EXTRA -> collection + " is on " + url + " only";
        case OTHER_SCHEMA -> collection + " has another schema on " + url;
        case DONORS_DISAGREE -> collection + " is not the same on all shards: see " + url;
      };
    }
  }

  /** For one step. */
  public CollectionSchemas(MigrationContext context) {
    this.context = context;
    this.truth = new DonorDataCheck(context);
  }

  /**
   * Makes the donors' collections on a target that no router knows yet.
   *
   * @throws StepFailed if it has others
   */
  public void createAll() throws ShardException, StepException, InterruptedException {
    List<Difference> found = differences();
    while (!found.isEmpty()) {
      context.control().check();
      for (Difference difference : found) {
        if (difference.kind() != Kind.MISSING) {
          throw new StepFailed(difference.text());
        }
        create(difference);
      }
      found = differences();
    }
  }

  /**
   * Compares once, and changes nothing.
   *
   * @return one difference, for the operator; empty: both sides are equal
   * @throws StepFailed if there is one now that cannot be moved
   */
  public Optional<String> difference() throws ShardException, StepException, InterruptedException {
    return differences().stream().findFirst().map(Difference::text);
  }

  /**
   * Compares and repairs until both sides are equal. Points of new collections are not copied here.
   *
   * @return all collections, as a donor lists them
   * @throws StepFailed if there is one now that cannot be moved
   */
  public List<ShardCollection> awaitAgreement()
      throws ShardException, StepException, InterruptedException {
    while (true) {
      context.control().check();
      List<Difference> first = differences();
      if (first.isEmpty()) {
        context.control().goingOn();
        return wantedLast;
      }
      context.control().reportWaiting(WORD, first.get(0).text() + "; looks again");
      context.healthyWait().await(context.settings().requestDrain(), WORD);
      for (Difference difference : differences()) {
        if (first.stream().anyMatch(difference::sameAs)) {
          resolve(difference);
        }
      }
      context.healthyWait().await(context.settings().requestDrain(), WORD);
    }
  }

  private void resolve(Difference difference)
      throws ShardException, StepException, InterruptedException {
    context.control().check();
    LOG.info("{}", difference.text());
    switch (difference.kind()) {
      case MISSING -> create(difference);
      case EXTRA -> {
        var unused = drop(difference);
      }
      case OTHER_SCHEMA -> {
        if (drop(difference)) {
          create(difference);
        }
      }
      case DONORS_DISAGREE ->
          context
              .control()
              .hold(
                  WORD,
                  difference.text() + "; create or drop it where it is not",
                  List.of(difference.url()));
    }
  }

  private void create(Difference difference)
      throws ShardException, StepException, InterruptedException {
    ShardCollection like = difference.like().orElseThrow();
    Optional<String> obstacle = obstacle(like, context.settings().binary());
    if (obstacle.isPresent()) {
      throw new StepFailed(obstacle.get());
    }
    try {
      context.shards().create(difference.url(), like, context.settings().binary());
    } catch (ShardException e) {
      if (e.kind() != ShardException.Kind.EXISTS) {
        throw e;
      }
    }
  }

  /** Drops a collection only where no client reads it yet. */
  private boolean drop(Difference difference) throws ShardException, InterruptedException {
    Migration migration = context.migration();
    boolean joining =
        migration.plan().grows() && context.control().map().isJoining(migration.plan().shardId());
    if (joining) {
      Optional<String> missing = difference.missing();
      if (missing.isPresent()
          && !truth.mayDrop(
              difference.collection(), difference.url(), difference.points(), missing.get())) {
        return false;
      }
      var unused = context.shards().drop(difference.url(), difference.collection());
    } else {
      context
          .control()
          .hold(
              WORD,
              difference.text() + "; drop it, or create it on the others",
              List.of(difference.url()));
    }
    return joining;
  }

  /**
   * Why a collection cannot be moved; empty if it can.
   *
   * @param binary what is configured for {@code disk_vamana}
   */
  public static Optional<String> obstacle(ShardCollection collection, Optional<Boolean> binary) {
    if (collection.multivector()) {
      return Optional.of(
          collection.name() + " is a multivector collection: no shard lists its documents");
    }
    return collection.index().equals("disk_vamana") && binary.isEmpty()
        ? Optional.of(
            collection.name()
                + " has a disk_vamana index, and no shard reports its binary flag: configure"
                + " migration.binary")
        : Optional.empty();
  }

  private List<Difference> differences()
      throws ShardException, StepException, InterruptedException {
    Migration migration = context.migration();
    MigrationShards involved = MigrationShards.of(migration, context.control().map());
    List<Shard> donors = involved.donors();
    List<Difference> found = new ArrayList<>();
    if (donors.isEmpty()) {
      // All donors are skipped: the wanted collections are unknown, and nothing moves.
      wantedLast = List.of();
      return found;
    }
    Map<String, ShardCollection> wanted =
        AliasProbe.usersCollections(context.shards(), donors.get(0).primaryUrl());
    wantedLast = List.copyOf(wanted.values());
    for (ShardCollection collection : wanted.values()) {
      if (collection.multivector() && migration.reversible()) {
        throw new StepFailed(obstacle(collection, context.settings().binary()).orElseThrow());
      }
    }
    for (Shard donor : donors.subList(1, donors.size())) {
      compare(Kind.DONORS_DISAGREE, wanted, donor.primaryUrl(), found);
    }
    Set<String> disputed = new TreeSet<>();
    found.forEach(difference -> disputed.add(difference.collection()));
    wanted.keySet().removeAll(disputed);
    boolean drain = !migration.plan().grows();
    for (Shard target : involved.targets()) {
      List<Difference> here = new ArrayList<>();
      compare(Kind.EXTRA, wanted, target.primaryUrl(), here);
      // The other shards of a drain may have collections that the leaving shard lacks: nothing of
      // them moves.
      here.removeIf(d -> disputed.contains(d.collection()) || (drain && d.kind() == Kind.EXTRA));
      found.addAll(here);
    }
    return found;
  }

  /**
   * Compares one shard.
   *
   * @param otherwise what any difference means; EXTRA: tell them apart
   */
  private void compare(
      Kind otherwise, Map<String, ShardCollection> wanted, String url, List<Difference> found)
      throws ShardException, InterruptedException {
    Map<String, ShardCollection> there = AliasProbe.usersCollections(context.shards(), url);
    boolean donor = otherwise == Kind.DONORS_DISAGREE;
    for (ShardCollection like : wanted.values()) {
      Optional<ShardCollection> same = Optional.ofNullable(there.remove(like.name()));
      if (same.isEmpty() || !same.get().sameSchema(like)) {
        Kind kind = donor ? otherwise : same.isEmpty() ? Kind.MISSING : Kind.OTHER_SCHEMA;
        long points = same.map(ShardCollection::count).orElse(0L);
        found.add(new Difference(kind, like.name(), url, Optional.of(like), points));
      }
    }
    for (ShardCollection extra : there.values()) {
      found.add(new Difference(otherwise, extra.name(), url, Optional.empty(), extra.count()));
    }
  }

  /** Drops the collections that the migration created on a target that has left the map again. */
  public void dropCreated() throws ShardException, InterruptedException {
    Migration migration = context.migration();
    for (String name : context.shards().collectionsByName(migration.plan().url()).keySet()) {
      context.control().check();
      if (!migration.plan().collectionsBefore().contains(name)) {
        var unused = context.shards().drop(migration.plan().url(), name);
      }
    }
  }
}
