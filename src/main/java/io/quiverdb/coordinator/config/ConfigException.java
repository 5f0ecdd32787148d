// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

/**
 * The configuration cannot be used. The message names the place (file and line, or environment
 * variable), the key and what it must be; it never holds a secret.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  ConfigException(String message) {
    super(message);
  }

  ConfigException(Origin origin, String path, String what) {
    super(origin.place() + ": " + (path.isEmpty() ? what : path + ": " + what));
  }
}
