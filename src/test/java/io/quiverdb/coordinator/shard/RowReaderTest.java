// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows are what Jackson finds in the same bytes, and nothing that is no JSON gets through. */
class RowReaderTest {
  private static final JsonMapper JACKSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /** Takes numbers of any size. */
  private static final JsonMapper GRAMMAR =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Row> page(String text) throws IOException {
    return page(utf8(text));
  }

  private static List<Row> page(byte[] answer) throws IOException {
    return PageReader.read(answer, Integer.MAX_VALUE / 2, id -> true).rows();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void pagesReadLikeJackson(long seed) throws Exception {
    RandomJson random = new RandomJson(new Random(seed));
    for (int i = 0; i < 100; i++) {
      byte[] answer = utf8(random.page());
      JsonNode points = JACKSON.readTree(answer).path("points");
      List<Row> rows = page(answer);
      assertEquals(points.size(), rows.size());
      for (int r = 0; r < rows.size(); r++) {
        same(points.get(r), rows.get(r));
      }
      assertEquals(points, JACKSON.readTree(PointsBody.of(rows)).path("points"));
    }
  }

  @Test
  void fieldsThatBeginOrEndLikeThoseOfAPointAreOthers() throws Exception {
    byte[] answer =
        utf8(
            "{\"points\":[{\"idx\":1,\"i\":2,\"\":3,\"paid\":4,\"\\u0069d\":\"a\",\"vectors\":5,"
                + "\"vector\":[6],\"payloads\":7,\"payloa\":8,\"payload\":9}]}");
    Row row = page(answer).get(0);
    assertEquals(List.of("a", "[6]", "9"), List.of(row.id(), row.vectorJson(), row.payloadJson()));
  }

  private static void same(JsonNode point, Row row) throws IOException {
    assertEquals(point.path("id").textValue(), row.id());
    assertEquals(point.path("vector"), JACKSON.readTree(row.vectorJson()));
    assertEquals(
        point.has("payload") ? point.path("payload") : JACKSON.nullNode(),
        JACKSON.readTree(row.payloadJson()));
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    row.writeTo(written);
    assertEquals(row.size(), written.size());
    assertEquals(point, JACKSON.readTree(written.toByteArray()));
    Row detached = row.detached();
    assertEquals(row.id(), detached.id());
    assertTrue(row.sameContent(detached));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whatJacksonRefusesIsRefused(long seed) throws Exception {
    Random chance = new Random(seed);
    RandomJson random = new RandomJson(chance);
    int refused = 0;
    for (int i = 0; i < 3_000; i++) {
      byte[] answer = damaged(utf8(random.page()), chance);
      try {
        page(answer);
      } catch (MalformedAnswerException e) {
        refused++;
        continue;
      }
      try {
        GRAMMAR.readTree(answer);
      } catch (IOException e) {
        throw new AssertionError(new String(answer, StandardCharsets.UTF_8), e);
      }
    }
    assertTrue(refused > 1_000, refused + " were refused");
  }

  private static byte[] damaged(byte[] answer, Random chance) {
    int at = chance.nextInt(answer.length);
    if (chance.nextBoolean()) {
      byte[] shorter = new byte[answer.length - 1];
      System.arraycopy(answer, 0, shorter, 0, at);
      System.arraycopy(answer, at + 1, shorter, at, shorter.length - at);
      return shorter;
    }
    byte[] likely = utf8("\"\\{}[],:-+.eE019utnf\u00e9 ");
    answer[at] =
        chance.nextBoolean() ? (byte) chance.nextInt() : likely[chance.nextInt(likely.length)];
    return answer;
  }

  @Test
  void anAnswerThatIsCutAnywhereIsRefused() throws Exception {
    String whole =
        " { \"next\" : [null,true,false,-1.5e+3] , \"points\" : [ {\"id\":\"\\u00e9\",\"vector\":[1,-0.0],"
            + "\"payload\":{\"a\":[{},[],\"😀\\n\"]}} ] } ";
    assertEquals("é", page(whole).get(0).id());
    byte[] bytes = utf8(whole);
    for (int length = 0; length < bytes.length - 1; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(MalformedAnswerException.class, () -> page(cut));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"points\":{}}",
        "{\"points\":null}",
        "{\"points\":[]}x",
        "{\"points\":[],\"points\":[]}",
        "{\"points\":[],}",
        "{\"points\":[null]}",
        "{\"points\":[{\"id\":\"a\"}]}",
        "{\"points\":[{\"vector\":[]}]}",
        "{\"points\":[{\"id\":1,\"vector\":[]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":null}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[\"1\"]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[[1]]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[1,]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[01]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[1.]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[.1]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[1e]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[-]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[+1]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[NaN]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[1 2]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[],\"id\":\"b\"}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[],\"v\\u0065ctor\":[]}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[],\"payload\":1,\"payload\":2}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[],\"payload\":tru}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[],\"payload\":\"\\x\"}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[],\"payload\":\"\\u12g4\"}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[],\"payload\":\"\\ud83d\"}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[],\"payload\":\"\\ud83d\\n\"}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[],\"payload\":\"\\ude00\"}]}",
        "{\"points\":[{\"id\":\"a\",\"vector\":[],\"payload\":\"\t\"}]}",
      })
  void whatIsNoPageIsRefused(String answer) {
    assertThrows(MalformedAnswerException.class, () -> page(answer));
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() {
    int[][] wrong = {
      {0x80},
      {0xc0, 0x80},
      {0xc1, 0xbf},
      {0xc3},
      {0xc3, 0x28},
      {0xe0, 0x9f, 0xbf},
      {0xe2, 0x82},
      {0xed, 0xa0, 0x80},
      {0xf0, 0x8f, 0xbf, 0xbf},
      {0xf4, 0x90, 0x80, 0x80},
      {0xf5, 0x80, 0x80, 0x80},
      {0xff}
    };
    for (int[] sequence : wrong) {
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      answer.writeBytes(utf8("{\"vector\":[1],\"id\":\""));
      for (int octet : sequence) {
        answer.write(octet);
      }
      answer.writeBytes(utf8("\"}"));
      assertThrows(MalformedAnswerException.class, () -> RowReader.point(answer.toByteArray()));
    }
  }

  @Test
  void nestingHasAnEnd() throws Exception {
    assertEquals(1, page(nested(500)).size());
    assertThrows(MalformedAnswerException.class, () -> page(nested(513)));
    assertThrows(MalformedAnswerException.class, () -> page(nested(1_000_000)));
  }

  private static String nested(int depth) {
    return "{\"points\":[{\"id\":\"a\",\"vector\":[1],\"payload\":"
        + "[".repeat(depth)
        + "]".repeat(depth)
        + "}]}";
  }

  /** Not measured: a page of this size is simply no special case. */
  @Test
  void aLargePageIsReadAndSpliced() throws Exception {
    int rows = 20_000;
    Random random = new Random(1);
    StringBuilder answer = new StringBuilder("{\"points\":[");
    for (int i = 0; i < rows; i++) {
      answer
          .append(i == 0 ? "" : ",")
          .append("{\"id\":\"p")
          .append(10_000 + i)
          .append("\",\"payload\":");
      answer.append("{\"n\":").append(i).append("},\"vector\":[").append(random.nextFloat());
      for (int d = 1; d < 64; d++) {
        answer.append(',').append(random.nextFloat() - 0.5f);
      }
      answer.append("]}");
    }
    byte[] bytes = utf8(answer.append("]}").toString());
    List<Row> page = page(bytes);
    assertEquals(rows, page.size());
    assertEquals("p" + (10_000 + rows - 1), page.get(rows - 1).id());
    assertTrue(Arrays.equals(bytes, PointsBody.of(page)));
  }
}
