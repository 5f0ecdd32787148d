// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.Shard;
import java.util.List;

/**
 * A shard does not have a collection that it listed, or has another one with its name: clients drop
 * and create collections meanwhile. Compare the collections of all shards, then repeat the work.
 */
public final class CollectionChanged extends StepException {
  private static final long serialVersionUID = 1L;

  private final transient Shard shard;
  private final String collection;

  /** Says what was seen, for the operator. */
  public CollectionChanged(Shard shard, String collection, String message) {
    super(message);
    this.shard = shard;
    this.collection = collection;
  }

  /** Whether this shard has changed. */
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
