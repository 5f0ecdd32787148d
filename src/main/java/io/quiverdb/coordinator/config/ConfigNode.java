// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A configured value and its place. */
sealed interface ConfigNode {
  Origin origin();

  /** What kind of value it is, for messages. */
  String kind();

  /** Keys in the order in which they were written. */
  record Mapping(Origin origin, Map<String, ConfigNode> entries) implements ConfigNode {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    Mapping with(String key, ConfigNode value) {
      Map<String, ConfigNode> copy = new LinkedHashMap<>(entries);
      copy.put(key, value);
      return new Mapping(origin, copy);
    }

    @Override
    public String kind() {
      return "a section";
    }
  }

  /** A list. */
  record Sequence(Origin origin, List<ConfigNode> items) implements ConfigNode {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /**
   * A single value.
   *
   * @param text as written; it may be a secret
   */
  record Scalar(Origin origin, ScalarType type, String text) implements ConfigNode {
    @Override
    public String kind() {
      return type.description;
    }

    boolean isNull() {
      return type == ScalarType.NULL;
    }

    @Override
    public String toString() {
      return "Scalar[" + origin + ", " + type + "]";
    }
  }

  /**
   * The type that YAML gives a scalar; the key decides the type of an environment variable's value.
   */
  enum ScalarType {
    TEXT("text"),
    WHOLE("a whole number"),
    DECIMAL("a decimal number"),
    TRUTH("true or false"),
    NULL("null"),
    VARIABLE("a variable's value");

    private final String description;

    ScalarType(String description) {
      this.description = description;
    }
  }
}
