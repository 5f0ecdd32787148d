// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** Values that may be absent: {@code null} in JSON, never left out. */
final class Optionals {
  private Optionals() {}

  static SimpleModule module() {
    return new SimpleModule("optionals")
        .addSerializer(OptionalLong.class, new LongWriter())
        .addDeserializer(OptionalLong.class, new LongReader())
        .addSerializer(new ValueWriter())
        .addDeserializer(Optional.class, new ValueReader(TypeFactory.unknownType()));
  }

  private static final class LongWriter extends StdSerializer<OptionalLong> {
    private static final long serialVersionUID = 1L;

    LongWriter() {
      super(OptionalLong.class);
    }

    @Override
    public void serialize(OptionalLong value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (value.isPresent()) {
        provider.defaultSerializeValue(value.getAsLong(), out);
      } else {
        out.writeNull();
      }
    }
  }

  private static final class LongReader extends StdDeserializer<OptionalLong> {
    private static final long serialVersionUID = 1L;

    LongReader() {
      super(OptionalLong.class);
    }

    @Override
    public OptionalLong deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      return OptionalLong.of(context.readValue(in, Long.class));
    }

    @Override
    public OptionalLong getNullValue(DeserializationContext context) {
      return OptionalLong.empty();
    }
  }

  private static final class ValueWriter extends StdSerializer<Optional<?>> {
    private static final long serialVersionUID = 1L;

    ValueWriter() {
      super(Optional.class, false);
    }

    @Override
    public void serialize(Optional<?> value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (value.isPresent()) {
        provider.defaultSerializeValue(value.get(), out);
      } else {
        out.writeNull();
      }
    }
  }

  private static final class ValueReader extends StdDeserializer<Optional<?>>
      implements ContextualDeserializer {
    private static final long serialVersionUID = 1L;

    private final JavaType content;

    ValueReader(JavaType content) {
      super(Optional.class);
      this.content = content;
    }

    @Override
    public JsonDeserializer<?> createContextual(
        DeserializationContext context, BeanProperty property) {
      return new ValueReader(context.getContextualType().containedTypeOrUnknown(0));
    }

    @Override
    public Optional<?> deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      return Optional.of(context.<Object>readValue(in, content));
    }

    @Override
    public Optional<?> getNullValue(DeserializationContext context) {
      return Optional.empty();
    }
  }
}
