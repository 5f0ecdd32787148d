// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

/**
 * The place of a value in the configuration.
 *
 * @param place for messages: {@code c1.yaml:12}, or the name of an environment variable
 */
record Origin(String place) {
  static Origin line(String file, int line) {
    return new Origin(file + ":" + line);
  }

  static Origin variable(String name) {
    return new Origin(name);
  }
}
