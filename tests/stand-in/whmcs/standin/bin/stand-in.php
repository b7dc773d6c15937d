<?php

// STAND-IN, not WHMCS: what tests and the demonstration do from the command line. Answers one line of JSON.
//
//   stand-in.php switch <name> <value>        stand-in.php clock <date and time>      stand-in.php clock now
//   stand-in.php activate <module> <json>     stand-in.php deactivate <module>        stand-in.php local <action> <json> [admin]
//   stand-in.php system-url <url>             stand-in.php log-ins

declare(strict_types=1);

if (PHP_SAPI !== 'cli') {
    http_response_code(404);
    exit;
}
require dirname(__DIR__, 2) . '/init.php';

use StandIn\Addon\AddonModules;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Settings;
use StandIn\Platform\Switches;

$arguments = array_slice($argv, 2);
$json = static fn (int $at): array => json_decode($arguments[$at] ?? '{}', true, 8, JSON_THROW_ON_ERROR);

try {
    $answer = match ($argv[1] ?? '') {
        'switch' => Switches::set($arguments[0], $arguments[1]),
        'clock' => $arguments[0] === 'now'
            ? Switches::set('clock_offset_seconds', '0')
            : Clock::move(new DateTimeImmutable($arguments[0])),
        'system-url' => Settings::set('SystemURL', $arguments[0]),
        'activate' => activate($arguments[0], $json(1)),
        'deactivate' => AddonModules::deactivate($arguments[0]),
        'local' => localAPI($arguments[0], $json(1), $arguments[2] ?? null),
        'log-ins' => ['admins' => Db::table('tbladmins')->pluck('username')->all(), 'users' => Db::table('tblusers')->pluck('email')->all()],
        default => throw new InvalidArgumentException('What shall I do? See the head of this file.'),
    };
} catch (InvalidArgumentException $wrong) {
    fwrite(STDERR, $wrong->getMessage() . "\n");
    exit(2);
}
echo json_encode($answer ?? ['result' => 'success']), "\n";

/**
 * As an admin would: activate, save the fields, give access to every full administrator.
 *
 * @param array<string, string> $fields
 * @return array{status: string, description: string}
 */
function activate(string $module, array $fields): array
{
    $answer = AddonModules::isActive($module)
        ? ['status' => 'info', 'description' => 'Already active.']
        : AddonModules::activate($module);
    if ($answer['status'] !== 'error') {
        $stored = array_intersect_key(AddonModules::variables($module), AddonModules::config($module)['fields'] ?? []);
        AddonModules::save($module, $fields + $stored, [1]);
    }
    return $answer;
}
