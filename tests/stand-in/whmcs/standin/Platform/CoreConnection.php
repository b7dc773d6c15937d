<?php

declare(strict_types=1);

namespace StandIn\Platform;

use Illuminate\Database\MySqlConnection;

/** Illuminate's MySQL connection that tells Death of each write, so that a test can kill core between two statements. */
final class CoreConnection extends MySqlConnection
{
    public function statement($query, $bindings = [])
    {
        $result = parent::statement($query, $bindings);
        Death::afterStatement();
        return $result;
    }

    public function affectingStatement($query, $bindings = [])
    {
        $result = parent::affectingStatement($query, $bindings);
        Death::afterStatement();
        return $result;
    }
}
