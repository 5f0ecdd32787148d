// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.MemberChange;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationOrigin;
import io.quiverdb.coordinator.model.MigrationState;
import io.quiverdb.coordinator.model.PlanStep;
import io.quiverdb.coordinator.model.SweepState;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;

/** The configuration of Jackson for all stored data: strict, with unsigned 64-bit numbers. */
final class Json {
  private static final BigInteger U64_LIMIT = BigInteger.ONE.shiftLeft(64);

  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          // Only the components of a record are stored: a method of a record must not become a
          // field, which no member could read.
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .enable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
              DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          // Half a surrogate pair is possible in JSON but has no UTF-8 form: it must not stop a
          // member.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .addMixIn(CheckKind.class, WireNamed.class)
          .addMixIn(CheckState.class, WireNamed.class)
          .addMixIn(ClusterPlan.State.class, WireNamed.class)
          .addMixIn(PlanStep.State.class, WireNamed.class)
          .addMixIn(GrowthMode.class, WireNamed.class)
          .addMixIn(SweepState.class, WireNamed.class)
          .addMixIn(MemberChange.Kind.class, WireNamed.class)
          .addMixIn(MemberChange.Step.class, WireNamed.class)
          .addMixIn(MigrationKind.class, WireNamed.class)
          .addMixIn(MigrationOrigin.class, WireNamed.class)
          .addMixIn(MigrationState.class, WireNamed.class)
          .addModule(Optionals.module())
          .addModule(
              new SimpleModule()
                  .addSerializer(long.class, new UnsignedSerializer())
                  .addSerializer(Long.class, new UnsignedSerializer())
                  .addDeserializer(long.class, new UnsignedDeserializer())
                  .addDeserializer(Long.class, new UnsignedDeserializer()))
          .build();

  private static final ObjectWriter STREAMED =
      MAPPER
          .writer()
          .withoutFeatures(
              JsonGenerator.Feature.AUTO_CLOSE_TARGET,
              JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);

  private Json() {}

  static boolean isU64(BigInteger number) {
    return number.signum() >= 0 && number.compareTo(U64_LIMIT) < 0;
  }

  /**
   * The value that a tree describes.
   *
   * @param where the tree stands; in front of the message if it describes none
   */
  static <T> T value(JsonNode node, Class<T> type, String where) throws MalformedDocumentException {
    try {
      return MAPPER.treeToValue(node, type);
    } catch (JsonProcessingException e) {
      throw new MalformedDocumentException(where + e.getOriginalMessage(), e);
    }
  }

  /** Compact UTF-8 JSON. */
  static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain values must have a JSON form", e);
    }
  }

  /** The same, piece by piece; neither flushes nor closes {@code out}. */
  static void write(OutputStream out, JsonNode value) throws IOException {
    STREAMED.writeValue(out, value);
  }

  /** Serializes constants by their wire names. */
  private interface WireNamed {
    @JsonValue
    String wireName();
  }

  private static final class UnsignedSerializer extends StdSerializer<Long> {
    private static final long serialVersionUID = 1L;

    UnsignedSerializer() {
      super(Long.class);
    }

    @Override
    public void serialize(Long value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (value >= 0) {
        out.writeNumber(value);
      } else {
        out.writeNumber(new BigInteger(Long.toUnsignedString(value)));
      }
    }
  }

  private static final class UnsignedDeserializer extends StdDeserializer<Long> {
    private static final long serialVersionUID = 1L;

    UnsignedDeserializer() {
      super(Long.class);
    }

    @Override
    public Long deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (!in.hasToken(JsonToken.VALUE_NUMBER_INT)) {
        return (Long) context.handleUnexpectedToken(Long.class, in);
      }
      BigInteger number = in.getBigIntegerValue();
      if (!isU64(number)) {
        return (Long)
            context.handleWeirdNumberValue(Long.class, number, "no unsigned 64-bit number");
      }
      return number.longValue();
    }
  }
}
