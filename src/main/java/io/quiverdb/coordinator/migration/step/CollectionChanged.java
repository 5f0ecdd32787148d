package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.Shard;
import java.util.List;

/**
 * A shard does not know a collection that it listed, or holds another one under its name: clients
 * drop and create collections meanwhile. It says nothing about the points: compare the collections
 * of all shards again, then do this one anew.
 */
public final class CollectionChanged extends StepException {
  private static final long serialVersionUID = 1L;

  private final transient Shard shard;
  private final String collection;

  /** What was seen, for the operator. */
  public CollectionChanged(Shard shard, String collection, String message) {
    super(message);
    this.shard = shard;
    this.collection = collection;
  }

  /** Whether it is this shard that says so. */
  public boolean isAbout(Shard other) {
    return shard.id() == other.id();
  }

  @Override
  public List<String> urls() {
    return List.of(shard.primaryUrl());
  }

  /** The collection's name. */
  public String collection() {
    return collection;
  }
}
