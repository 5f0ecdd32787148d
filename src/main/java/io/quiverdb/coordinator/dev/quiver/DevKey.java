// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.util.List;

/**
 * An API key of an in-memory shard or router.
 *
 * @param secret what callers present as {@code Authorization: Bearer}
 * @param role what it lets them do; each role may do what the ones before it may
 * @param collections names of the collections it covers, a trailing {@code *} standing for any end;
 *     empty: all
 */
public record DevKey(String secret, Role role, List<String> collections) {
  /** What a key lets its bearer do. */
  public enum Role {
    /** Read points and collections. */
    READ,
    /** Also write and delete points. */
    WRITE,
    /** Also create and drop collections. */
    ADMIN
  }

  /** The caller of a node without keys. */
  static final DevKey ANYBODY = admin("");

  private static final String DENIED = "the API key's scope does not permit this operation";

  /** Copies the list, so that the record is immutable. */
  public DevKey {
    collections = List.copyOf(collections);
  }

  /** A key that may do everything with every collection. */
  public static DevKey admin(String secret) {
    return new DevKey(secret, Role.ADMIN, List.of());
  }

  /** A key for every collection. */
  public static DevKey of(String secret, Role role) {
    return new DevKey(secret, role, List.of());
  }

  boolean covers(String collection) {
    return collections.isEmpty()
        || collections.stream()
            .anyMatch(
                pattern ->
                    pattern.endsWith("*")
                        ? collection.startsWith(pattern.substring(0, pattern.length() - 1))
                        : collection.equals(pattern));
  }

  void require(Role wanted) {
    if (role.compareTo(wanted) < 0) {
      throw QuiverError.forbidden(DENIED);
    }
  }

  void require(Role wanted, String collection) {
    require(wanted);
    if (!covers(collection)) {
      throw QuiverError.forbidden(DENIED);
    }
  }

  /** For what concerns all collections at once, those that are created later too. */
  void requireEverywhere(Role wanted) {
    require(wanted);
    if (!collections.isEmpty()) {
      throw QuiverError.forbidden(DENIED);
    }
  }

  /** Never shows the secret. */
  @Override
  public String toString() {
    return "DevKey[" + role + ", " + collections + "]";
  }
}
