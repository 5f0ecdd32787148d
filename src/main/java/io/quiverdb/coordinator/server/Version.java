// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import java.util.Optional;

/** The version of this build. */
final class Version {
  static final String OF_THIS_BUILD =
      Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
          .orElse("development");

  private Version() {}
}
