<?php

declare(strict_types=1);

namespace StandIn\Api;

use StandIn\Platform\Actor;
use StandIn\Platform\Db;
use StandIn\Platform\Death;
use StandIn\Platform\Operation;
use StandIn\Platform\Switches;

/** Dispatches API actions, for localAPI and for includes/api.php (whmcs.md §3.1). */
final class Api
{
    /** Works only through localAPI (whmcs.md §3.1). */
    private const LOCAL_ONLY = ['SetConfigurationValue'];

    /**
     * @param array<string, mixed> $values
     * @return array<string, mixed>
     */
    public static function local(string $command, array $values, ?string $adminUser): array
    {
        $adminId = self::adminId($adminUser);
        $run = static fn (): array => self::run($command, $values);
        return $adminId === 0 ? $run() : Actor::asAdmin($adminId, $run);
    }

    /**
     * A POST to includes/api.php: identifier and secret, an API role that names the action, the admin's API Access.
     *
     * @param array<string, mixed> $post
     * @return array{0: int, 1: array<string, mixed>} HTTP status and answer.
     */
    public static function external(array $post): array
    {
        $credential = Credentials::verify($post);
        if ($credential === null) {
            return [403, self::error('Invalid or missing credentials')];
        }
        $command = self::properName((string) ($post['action'] ?? ''));
        if (!in_array($command, $credential->actions, true) || in_array($command, self::LOCAL_ONLY, true)) {
            return [403, self::error("Invalid Permissions: API action \"$command\" is not allowed")];
        }
        $values = array_diff_key($post, array_flip(['identifier', 'secret', 'username', 'password', 'action', 'responsetype']));
        $run = static fn (): array => Operation::run(static fn (): array => self::run($command, $values));
        return [200, Actor::asAdmin($credential->adminId, $run)];
    }

    /** @return list<string> */
    public static function names(): array
    {
        $files = glob(__DIR__ . '/Actions/*.php') ?: [];
        return array_map(static fn (string $file): string => basename($file, '.php'), $files);
    }

    /**
     * @param array<string, mixed> $values
     * @return array<string, mixed>
     */
    private static function run(string $command, array $values): array
    {
        Switches::refresh();
        $name = self::properName($command);
        if ($name === '') {
            return self::error('Command Not Found');
        }
        $class = 'StandIn\\Api\\Actions\\' . $name;
        $action = new $class();
        $work = static fn (): array => Death::within($name, static fn (): array => $action->run($values));
        try {
            $answer = Switches::get('api_transaction') === 'wrapped' ? Db::connection()->transaction($work) : $work();
            return ['result' => 'success'] + $answer;
        } catch (ApiError $error) {
            return self::error($error->getMessage());
        }
    }

    private static function properName(string $command): string
    {
        foreach (self::names() as $name) {
            if (strcasecmp($name, $command) === 0) {
                return $name;
            }
        }
        return '';
    }

    private static function adminId(?string $admin): int
    {
        if ($admin === null || $admin === '') {
            return 0;
        }
        return (int) Db::table('tbladmins')->where('username', $admin)->orWhere('id', ctype_digit($admin) ? $admin : 0)
            ->value('id');
    }

    /** @return array<string, mixed> */
    private static function error(string $message): array
    {
        return ['result' => 'error', 'message' => $message];
    }
}
