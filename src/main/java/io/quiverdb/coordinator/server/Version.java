// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import java.util.Optional;

/** Which build this is. */
final class Version {
  static final String OF_THIS_BUILD =
      Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
          .orElse("development");

  private Version() {}
}
