<?php

declare(strict_types=1);

namespace CreditBridge\Tests\Support;

/**
 * A free port of 127.0.0.1.
 */
final class FreePort
{
    public static function find(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $name = stream_socket_get_name($socket, false);
        fclose($socket);

        return (int) substr($name, strrpos($name, ':') + 1);
    }
}
