// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.quiverdb.coordinator.config.ConfigNode.Mapping;
import io.quiverdb.coordinator.config.ConfigNode.Scalar;
import io.quiverdb.coordinator.config.ConfigNode.ScalarType;
import io.quiverdb.coordinator.config.ConfigNode.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads YAML into nodes with line numbers. It accepts one document without aliases and duplicate
 * keys, so that each value has its meaning at its place.
 */
final class YamlTree {
  private final String file;
  private final YAMLParser parser;

  private YamlTree(String file, YAMLParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /**
   * Reads one document; an empty one is an empty section.
   *
   * @param file its name, for messages
   */
  static Mapping parse(String file, byte[] utf8) throws ConfigException {
    try (YAMLParser parser = new YAMLFactory().createParser(utf8)) {
      return new YamlTree(file, parser).document();
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
      throw new ConfigException(Origin.line(file, line), "", "no valid YAML: " + withoutSnippet(e));
    } catch (IOException e) {
      throw new ConfigException(Origin.line(file, 1), "", "no valid YAML: " + e.getMessage());
    }
  }

  /** Removes the lines that the parser quotes around the mistake: they may contain a secret. */
  private static String withoutSnippet(JsonProcessingException e) {
    List<String> kept =
        e.getOriginalMessage().lines().filter(l -> !l.isBlank() && !l.startsWith(" ")).toList();
    return String.join(", ", kept);
  }

  private Mapping document() throws IOException, ConfigException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return new Mapping(Origin.line(file, 1), Map.of());
    }
    ConfigNode root = node(here(), first);
    if (parser.nextToken() != null) {
      throw new ConfigException(here(), "", "a second YAML document; the file must hold one");
    }
    if (root instanceof Mapping mapping) {
      return mapping;
    }
    if (root instanceof Scalar scalar && scalar.isNull()) {
      return new Mapping(root.origin(), Map.of());
    }
    throw new ConfigException(
        root.origin(), "", "wanted sections such as \"node:\", found " + root.kind());
  }

  private ConfigNode node(Origin origin, @Nullable JsonToken token)
      throws IOException, ConfigException {
    if (parser.isCurrentAlias()) {
      throw new ConfigException(origin, "", "aliases (*name) are not supported; repeat the value");
    }
    if (token == null) {
      throw new ConfigException(origin, "", "no valid YAML: the document ends too early");
    }
    return switch (token) {
      case START_OBJECT -> mapping(origin);
      case START_ARRAY -> sequence(origin);
      case VALUE_STRING -> new Scalar(origin, ScalarType.TEXT, parser.getText());
      case VALUE_NUMBER_INT -> new Scalar(origin, ScalarType.WHOLE, parser.getText());
      case VALUE_NUMBER_FLOAT -> new Scalar(origin, ScalarType.DECIMAL, parser.getText());
      case VALUE_TRUE, VALUE_FALSE ->
          new Scalar(origin, ScalarType.TRUTH, Boolean.toString(parser.getBooleanValue()));
      case VALUE_NULL -> new Scalar(origin, ScalarType.NULL, "");
      default -> throw new ConfigException(origin, "", "tags such as !!binary are not supported");
    };
  }

  private Mapping mapping(Origin origin) throws IOException, ConfigException {
    Map<String, ConfigNode> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      Origin at = here();
      if (entries.put(key, node(at, parser.nextToken())) != null) {
        throw new ConfigException(at, key, "this key occurs twice in its section");
      }
    }
    return new Mapping(origin, entries);
  }

  private Sequence sequence(Origin origin) throws IOException, ConfigException {
    List<ConfigNode> items = new ArrayList<>();
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      items.add(node(here(), t));
    }
    return new Sequence(origin, items);
  }

  private Origin here() {
    return Origin.line(file, Math.max(1, parser.currentTokenLocation().getLineNr()));
  }
}
