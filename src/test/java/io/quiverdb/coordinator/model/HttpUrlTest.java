// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpUrlTest {
  @ParameterizedTest
  @CsvSource({
    "http://N1:6333, http://n1:6333",
    "HTTP://n1:6333/, http://n1:6333",
    "http://n1, http://n1:80/",
    "https://n1, https://n1:443",
    "http://n1:06333, http://n1:6333",
    "http://n1.:6333, http://n1:6333",
    "http://[::1]:6333, 'http://[::1]:6333///'",
    "http://[::1]:7001, http://[0:0:0:0:0:0:0:1]:7001",
    "http://[::1]:7001, http://[::0001]:7001",
    "http://[2001:DB8::1:0:0:0], http://[2001:db8:0:0:1::]:80/",
    "http://[::ffff:127.0.0.1]:7001, http://127.0.0.1:7001",
    "http://[::ffff:7f00:1]:7001, http://127.0.0.1:7001",
    "http://[64:ff9b::192.0.2.33], http://[64:ff9b::c000:221]",
    "http://n1/a, http://n1/a/",
    "'  http://n1:6333 ', http://n1:6333",
    "http://shard_1:6333, http://SHARD_1:6333",
  })
  void namesOneEndpoint(String one, String other) {
    assertTrue(HttpUrl.parse(one).orElseThrow().names(other));
  }

  @ParameterizedTest
  @CsvSource({
    "http://n1:6333, http://n2:6333",
    "http://n1:6333, https://n1:6333",
    "http://n1:6333, http://n1:6334",
    "http://n1/a, http://n1/A",
    "http://n1, http://n1:443",
    "http://[::1]:7001, http://[::2]:7001",
    "http://[::1]:7001, http://127.0.0.1:7001",
  })
  void namesTwoEndpoints(String one, String other) {
    assertFalse(HttpUrl.parse(one).orElseThrow().names(other));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "n1:6333",
        "ftp://n1",
        "http://",
        "http:///x",
        "http://n1:0",
        "http://n1:65536",
        "http://n1:",
        "http://n1:99999999999",
        "http://user:pw@n1",
        "http://n1?x=1",
        "http://n1#f",
        "http://n1/a b",
        "http://n1/\ud800",
        "http://ü:1",
        "//n1",
        "http://.",
        "http://[::1::2]:1",
        "http://[1:2:3:4:5:6:7]:1",
        "http://[1:2:3:4:5:6:7:8:9]:1",
        "http://[1:2:3:4:5:6:7:8::]:1",
        "http://[12345::]:1",
        "http://[:1]:1",
        "http://[::1.2.3]:1",
        "http://[::1.2.3.256]:1",
        "http://[1.2.3.4::]:1",
        "http://n1\n",
        "http://n1/\u0000"
      })
  void isNoUrlOfAShard(String text) {
    // A line end around a URL is trimmed away, like any white space.
    assertEquals(text.equals("http://n1\n"), HttpUrl.parse(text).isPresent(), text);
  }

  /** The loop over the path, and the quick look at it, against the grammar and full comparison. */
  @Test
  void randomTextsAreReadByTheGrammar() {
    Pattern grammar =
        Pattern.compile(
            "https?://[a-z0-9._~-]+(?::[0-9]{1,5})?(?:/[\\x21-\\x7e&&[^?#\"<>\\\\^`{|}]]*)?",
            Pattern.CASE_INSENSITIVE);
    List<String> pieces =
        List.of("http://", "HTTPS://", "n1", "N2", ":", "80", "6333", "/", "/", "a", "A", "%2F");
    String odd = "?#\"<>\\^`{|}~ !\u007f\u00e9";
    Random random = new Random(7);
    List<String> urls = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder("http://n1");
      for (int n = random.nextInt(6); n > 0; n--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      if (random.nextInt(4) == 0) {
        text.append('/').append(odd.charAt(random.nextInt(odd.length()))).append("x/");
      }
      Matcher expected = grammar.matcher(text.toString().strip());
      Optional<HttpUrl> parsed = HttpUrl.parse(text.toString());
      assertEquals(expected.matches(), parsed.isPresent(), text::toString);
      parsed.ifPresent(url -> urls.add(url.text()));
    }
    for (int i = 0; i < 20_000; i++) {
      HttpUrl one = HttpUrl.parse(urls.get(random.nextInt(urls.size()))).orElseThrow();
      HttpUrl other = HttpUrl.parse(urls.get(random.nextInt(urls.size()))).orElseThrow();
      assertEquals(one.identity().equals(other.identity()), one.names(other.text()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://s0:6333/", "http://S0:6333", "http://r0:6333"})
  void aUrlStandsInTheMapOnce(String url) {
    ShardMap map =
        new ShardMap(
            3,
            List.of(new Shard(0, "http://s0:6333", List.of("http://r0:6333"))),
            List.of(),
            List.of());
    MapChange.Refused asPrimary =
        assertInstanceOf(MapChange.Refused.class, map.add(1, url, List.of()));
    assertEquals(Refusal.DUPLICATE_URL, asPrimary.refusal());
    assertInstanceOf(MapChange.Refused.class, map.addJoining(1, "http://s1:1", List.of(url)));
    assertInstanceOf(MapChange.Refused.class, map.addReplica(0, url));
    assertInstanceOf(MapChange.Refused.class, map.add(1, "http://s1:1", List.of("http://s1:1/")));
  }
}
