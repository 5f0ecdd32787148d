// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The configuration in effect as others may see it. What is a secret by its type is left out, and
 * so is what stands in a URL before its host or behind a question mark. A value of a type that is
 * not known here is not shown: nobody has looked at it yet.
 */
public final class ShownConfig {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String HIDDEN = "(secret)";
  private static final Pattern USER = Pattern.compile("//[^/@]*@");
  private static final Pattern QUERY = Pattern.compile("\\?.*");

  private final boolean toAdmin;

  private ShownConfig(boolean toAdmin) {
    this.toAdmin = toAdmin;
  }

  /** All of it, each key named as in the file; a time in ISO 8601. */
  public static ObjectNode toAdmin(CoordinatorConfig config) {
    return new ShownConfig(true).record(config);
  }

  /** Without paths of files and without API keys. */
  public static ObjectNode toOthers(CoordinatorConfig config) {
    return new ShownConfig(false).record(config);
  }

  /** What was meant as a URL, without what may be a password in front of its host. */
  public static String withoutUser(String text) {
    return text.replaceFirst("(?s)^((?:\\w*:)?//)?.*@", "$1...@");
  }

  private JsonNode shown(Object value) {
    if (value instanceof Secret) {
      return TextNode.valueOf(HIDDEN);
    }
    if (!toAdmin && value instanceof Path) {
      return TextNode.valueOf("(path)");
    }
    if (!toAdmin && value instanceof ApiKeyConfig) {
      return TextNode.valueOf("(key)");
    }
    if (value instanceof Optional<?> optional) {
      return optional.<JsonNode>map(this::shown).orElse(NullNode.instance);
    }
    if (value instanceof Collection<?> collection) {
      ArrayNode array = JSON.arrayNode();
      collection.forEach(element -> array.add(shown(element)));
      return array;
    }
    if (value instanceof Boolean flag) {
      return BooleanNode.valueOf(flag);
    }
    if (value instanceof Integer || value instanceof Long) {
      return JSON.numberNode(((Number) value).longValue());
    }
    if (value instanceof Enum<?> constant) {
      return TextNode.valueOf(constant.name().toLowerCase(Locale.ROOT));
    }
    if (value instanceof HostPort || value instanceof Path || value instanceof Duration) {
      return TextNode.valueOf(value.toString());
    }
    if (value instanceof String || value instanceof URI) {
      return TextNode.valueOf(withoutTokens(value.toString()));
    }
    return value instanceof Record fields
        ? record(fields)
        : TextNode.valueOf("(not shown: " + value.getClass().getSimpleName() + ")");
  }

  private ObjectNode record(Record fields) {
    ObjectNode object = JSON.objectNode();
    for (RecordComponent component : fields.getClass().getRecordComponents()) {
      try {
        object.set(snakeCase(component.getName()), shown(component.getAccessor().invoke(fields)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a record of this package must be readable", e);
      }
    }
    return object;
  }

  private static String withoutTokens(String text) {
    return text.contains("://")
        ? QUERY.matcher(USER.matcher(text).replaceAll("//...@")).replaceAll("?...")
        : text;
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
