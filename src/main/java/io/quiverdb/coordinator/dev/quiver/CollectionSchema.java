// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.util.List;
import java.util.Optional;

/**
 * The schema of a collection.
 *
 * @param name its name, unique on its shard
 * @param dim numbers in each vector, 1 or more
 * @param metric how searches compare
 * @param index its index
 * @param pqSubspaces parts of a vector that are quantised each on its own
 * @param filterable fields that searches may filter by
 * @param multivector whether it holds documents of several vectors, not points
 * @param vectorEncryption {@code none}, {@code dcpe} or {@code client_side}
 * @param binary whether vectors are quantised to bits; taken, and never reported
 */
public record CollectionSchema(
    String name,
    int dim,
    Metric metric,
    IndexKind index,
    Optional<Integer> pqSubspaces,
    List<FilterableField> filterable,
    boolean multivector,
    String vectorEncryption,
    boolean binary) {
  /** The value of {@code vector_encryption} that is not reported. */
  static final String UNENCRYPTED = "none";

  /**
   * A field that searches may filter by.
   *
   * @param path where it is in the payload
   * @param fieldType {@code keyword} or {@code numeric}
   */
  public record FilterableField(String path, String fieldType) {}

  /** Copies the list, so that the record is immutable. */
  public CollectionSchema {
    filterable = List.copyOf(filterable);
  }

  /** A plain collection. */
  public static CollectionSchema of(String name, int dim, Metric metric, IndexKind index) {
    return new CollectionSchema(
        name, dim, metric, index, Optional.empty(), List.of(), false, UNENCRYPTED, false);
  }
}
