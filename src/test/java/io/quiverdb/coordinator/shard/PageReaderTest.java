// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quiverdb.coordinator.http.TooLargeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However the bytes of a page come in, its rows are the same. */
class PageReaderTest {
  private static final int PLENTY = 1 << 20;

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ShardPage read(byte[] answer, int maxBytes, Predicate<String> wanted)
      throws IOException {
    return PageReader.read(answer, maxBytes, wanted);
  }

  private static ShardPage inPieces(byte[] answer, int chunk, Random chance) throws IOException {
    PageReader reader = new PageReader(PLENTY, id -> true, chunk);
    int from = 0;
    while (from < answer.length) {
      int length = Math.min(answer.length - from, 1 + chance.nextInt(2 * chunk));
      reader.take(ByteBuffer.wrap(answer, from, length));
      from += length;
    }
    return reader.end();
  }

  private static List<String> text(List<Row> rows) {
    return rows.stream()
        .map(row -> row.id() + " " + row.vectorJson() + " " + row.payloadJson() + row.size())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aPageInPiecesReadsLikeAWholeOne(long seed) throws Exception {
    Random chance = new Random(seed);
    RandomJson random = new RandomJson(chance);
    for (int i = 0; i < 2_000; i++) {
      byte[] answer = utf8(random.page());
      ShardPage whole = read(answer, PLENTY, id -> true);
      ShardPage pieces = inPieces(answer, 1 + chance.nextInt(40), chance);
      assertEquals(text(whole.rows()), text(pieces.rows()));
      assertEquals(whole.count(), pieces.count());
      assertEquals(whole.bytes(), pieces.bytes());
      assertEquals(whole.first() + whole.last(), pieces.first() + pieces.last());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aDamagedPageInPiecesIsRefusedWhereAWholeOneIs(long seed) {
    Random chance = new Random(seed);
    RandomJson random = new RandomJson(chance);
    int refused = 0;
    for (int i = 0; i < 3_000; i++) {
      byte[] answer = utf8(random.page());
      answer[chance.nextInt(answer.length)] = utf8("\"\\{}[],:-0 ")[chance.nextInt(11)];
      String whole;
      String pieces;
      try {
        whole = text(read(answer, PLENTY, id -> true).rows()).toString();
      } catch (IOException e) {
        whole = "refused";
        refused++;
      }
      try {
        pieces = text(inPieces(answer, 1 + chance.nextInt(40), chance).rows()).toString();
      } catch (IOException e) {
        pieces = "refused";
      }
      assertEquals(whole, pieces, new String(answer, StandardCharsets.UTF_8));
    }
    assertEquals(true, refused > 500, refused + " were refused");
  }

  private static String rows(String... ids) {
    return List.of(ids).stream()
        .map(id -> "{\"id\":\"" + id + "\",\"vector\":[1]}")
        .toList()
        .toString()
        .replace(" ", "");
  }

  @Test
  void whatIsNotWantedIsCountedAndLetGo() throws Exception {
    byte[] answer = utf8("{\"points\":" + rows("a", "b", "c", "d") + "}");
    ShardPage page = read(answer, PLENTY, id -> id.equals("b") || id.equals("c"));
    assertEquals(List.of("b", "c"), page.rows().stream().map(Row::id).toList());
    assertEquals(4, page.count());
    assertEquals("a", page.first());
    assertEquals("d", page.last());
    assertEquals(4 * page.rows().get(0).size(), page.bytes());
    assertEquals(
        new ShardPage(0, "", "", 0, List.of()), read(utf8("{\"points\":[]}"), 1, id -> true));
  }

  @Test
  void theBoundIsOnWhatIsWanted() throws Exception {
    byte[] answer = utf8("{\"points\":" + rows("a", "b", "c", "d") + "}");
    int one = (int) read(answer, PLENTY, id -> true).rows().get(0).memory();
    assertEquals(1, read(answer, one, id -> id.equals("b")).rows().size());
    assertThrows(TooLargeException.class, () -> read(answer, one, id -> !id.equals("b")));
  }

  /** Each of them costs a few hundred bytes besides its own. */
  @Test
  void shortRowsCountWithWhatTheJvmAddsToThem() throws Exception {
    String[] ids = new String[1_000];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "%04d".formatted(i);
    }
    byte[] answer = utf8("{\"points\":" + rows(ids) + "}");
    assertThrows(TooLargeException.class, () -> read(answer, 3 * answer.length, id -> true));
  }

  @Test
  void whatComesIsBoundedThoughNoRowEnds() {
    PageReader reader = new PageReader(1_000, id -> true, 100);
    reader(reader, "{\"points\":[{\"id\":\"a\",\"payload\":\"");
    assertThrows(
        TooLargeException.class,
        () -> {
          for (int i = 0; i < 100; i++) {
            reader.take(ByteBuffer.wrap(utf8("x".repeat(100))));
          }
        });
  }

  private static void reader(PageReader reader, String text) {
    try {
      reader.take(ByteBuffer.wrap(utf8(text)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"b a", "a a", "\uffff \ud83d\ude00 a", "\ud83d\ude00 \uffff"})
  void rowsOutOfOrderAreRefused(String ids) {
    byte[] answer = utf8("{\"points\":" + rows(ids.split(" ")) + "}");
    assertThrows(MalformedAnswerException.class, () -> read(answer, PLENTY, id -> false));
  }
}
