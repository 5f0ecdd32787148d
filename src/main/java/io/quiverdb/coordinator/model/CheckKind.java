// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a check of the data does. */
public enum CheckKind {
  /** Compares all shards with the map; changes nothing. */
  VERIFY;

  /** The stable name in log entries, snapshots and answers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind with this wire name. */
  public static Optional<CheckKind> ofWireName(String wireName) {
    return Arrays.stream(values()).filter(kind -> kind.wireName().equals(wireName)).findFirst();
  }
}
