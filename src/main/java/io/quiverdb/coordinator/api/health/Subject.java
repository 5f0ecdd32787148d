// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.health;

/** The names of the indicators. */
final class Subject {
  static final String QUORUM = "quorum";
  static final String MEMBERS = "members";
  static final String SHARDS = "shards";
  static final String ROUTERS = "routers";
  static final String MIGRATIONS = "migrations";
  static final String CERTIFICATES = "certificates";
  static final String DISK = "disk";
  static final String CLOCKS = "clocks";
  static final String CONFIGURATION = "configuration";

  private Subject() {}
}
