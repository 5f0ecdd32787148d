// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Warns about variables that look like settings but are not: {@code QUIVER_COORDINATOR_HTTP_LISTEN}
 * instead of {@code QUIVER_COORDINATOR__HTTP__LISTEN}.
 */
final class StrayVariables {
  private static final String LOOK = "QUIVER_COORDINATOR_";

  /**
   * Variables with one underscore that have a meaning, for the member, the command line or the
   * launcher.
   */
  private static final Set<String> KNOWN =
      Set.of(
          Overlay.STATE,
          "QUIVER_COORDINATOR_URL",
          "QUIVER_COORDINATOR_CACERT",
          "QUIVER_COORDINATOR_CERT",
          "QUIVER_COORDINATOR_KEY",
          "QUIVER_COORDINATOR_JVM_OPTS",
          "QUIVER_COORDINATOR_CLASS_ARCHIVE");

  /** Variables that Kubernetes and Docker set for a service of this name. */
  private static final Pattern OF_A_SERVICE =
      Pattern.compile(".*_(SERVICE_HOST|(SERVICE_)?PORT(_[A-Z0-9_]+)?)");

  private StrayVariables() {}

  static List<String> warnings(Map<String, String> environment) {
    return environment.entrySet().stream()
        .filter(e -> !e.getValue().isEmpty() && isStray(e.getKey()))
        .map(Map.Entry::getKey)
        .sorted()
        .map(
            name ->
                name
                    + ": is ignored; a setting's variable begins with "
                    + Overlay.PREFIX
                    + ", with two underscores, and has two between its parts")
        .toList();
  }

  private static boolean isStray(String name) {
    return name.startsWith(LOOK)
        && !name.startsWith(Overlay.PREFIX)
        && !KNOWN.contains(name)
        && !OF_A_SERVICE.matcher(name).matches();
  }
}
