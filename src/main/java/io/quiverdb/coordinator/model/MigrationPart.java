// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * The progress of one collection between two shards.
 *
 * @param collection its name
 * @param from id of the shard that holds the truth; unsigned
 * @param to id of the shard that gets the copies; unsigned
 * @param pointsTotal how many points are to be moved, if known
 * @param pointsDone how many have been copied
 * @param offset where the scan of {@code from} continues
 * @param lastId the last id that the scan has seen; the empty text before the first page
 * @param done whether the first round of this part is complete
 */
public record MigrationPart(
    String collection,
    long from,
    long to,
    long pointsTotal,
    long pointsDone,
    long offset,
    String lastId,
    boolean done) {

  /** How many characters its name and its cursor have. */
  long text() {
    return (long) collection.length() + lastId.length();
  }

  /** Without its cursor. */
  MigrationPart ended() {
    return new MigrationPart(collection, from, to, pointsTotal, pointsDone, 0, "", done);
  }

  /** Whether this is about the same points as {@code other}. */
  public boolean sameSlice(MigrationPart other) {
    return collection.equals(other.collection) && from == other.from && to == other.to;
  }
}
