// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which changes a page of another origin sent. */
class CrossSiteTest {
  @ParameterizedTest
  @CsvSource({
    "            ,                   , c1:6335     , false",
    "same-origin , https://evil      , c1:6335     , false",
    "none        ,                   , c1:6335     , false",
    "same-site   , http://c1:6335    , c1:6335     , true",
    "cross-site  ,                   , c1:6335     , true",
    "            , http://c1:6335    , c1:6335     , false",
    "            , http://C1         , c1:80       , false",
    "            , https://c1        , c1:443      , false",
    "            , https://c1:443    , c1          , false",
    "            , http://[::1]:6335 , [::1]:6335  , false",
    "            , http://c1:80      , c1:6335     , true",
    "            , https://c1        , c1:80       , true",
    "            , http://evil       , c1:6335     , true",
    "            , http://c1:6335    ,             , true",
    "            , null              , c1:6335     , true",
    "            , http://c1:6335.evil, c1:6335    , true",
  })
  void aBrowserTellsOfThePage(
      @Nullable String site, @Nullable String origin, @Nullable String host, boolean foreign) {
    assertEquals(foreign, CrossSite.isForeign(site, origin, host));
  }
}
