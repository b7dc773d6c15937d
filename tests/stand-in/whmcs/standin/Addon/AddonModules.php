<?php

declare(strict_types=1);

namespace StandIn\Addon;

use RuntimeException;
use StandIn\Platform\Activity;
use StandIn\Platform\Db;
use StandIn\Platform\Settings;

/** Addon modules (whmcs.md §6): discovery, activation, settings, access, upgrade. */
final class AddonModules
{
    /** @return list<string> Folders below modules/addons with a file of the same name. */
    public static function available(): array
    {
        $folders = array_map('basename', glob(ROOTDIR . '/modules/addons/*', GLOB_ONLYDIR) ?: []);
        return array_values(array_filter($folders, static fn (string $name): bool
            => preg_match('/^[a-z][a-z0-9_]*$/', $name) === 1 && is_file(self::file($name))));
    }

    public static function isActive(string $module): bool
    {
        return in_array($module, self::list('ActiveAddonModules'), true);
    }

    /** @return array<string, mixed> name, version, description, fields … */
    public static function config(string $module): array
    {
        return self::call($module, 'config');
    }

    /** @return array{status: string, description: string} */
    public static function activate(string $module): array
    {
        $config = self::config($module);
        $answer = self::has($module, 'activate') ? self::call($module, 'activate') : null;
        $answer = is_array($answer) ? $answer : ['status' => 'success', 'description' => ''];
        if ($answer['status'] === 'error') {
            return $answer;
        }
        self::setList('ActiveAddonModules', [...self::list('ActiveAddonModules'), $module]);
        self::store($module, 'version', (string) ($config['version'] ?? ''));
        foreach ($config['fields'] ?? [] as $field => $definition) {
            if (self::setting($module, $field) === null) {
                self::store($module, $field, (string) ($definition['Default'] ?? ''));
            }
        }
        self::noteHooks($module);
        Activity::log("Addon Module Activated - $module");
        return $answer;
    }

    /** @return array{status: string, description: string} */
    public static function deactivate(string $module): array
    {
        $answer = self::has($module, 'deactivate') ? self::call($module, 'deactivate') : null;
        $answer = is_array($answer) ? $answer : ['status' => 'success', 'description' => ''];
        if ($answer['status'] === 'error') {
            return $answer;
        }
        foreach (['ActiveAddonModules', 'AddonModulesHooks'] as $list) {
            self::setList($list, array_diff(self::list($list), [$module]));
        }
        Db::table('tbladdonmodules')->where('module', $module)->delete();
        Activity::log("Addon Module Deactivated - $module");
        return $answer;
    }

    /**
     * Saves the fields of config() and the roles that may open the module; hooks.php is discovered again (whmcs.md §4.1).
     *
     * @param array<string, string> $values
     * @param list<int> $roles
     */
    public static function save(string $module, array $values, array $roles): void
    {
        foreach (array_keys(self::config($module)['fields'] ?? []) as $field) {
            // A checkbox that is not ticked is not posted; it is stored as the empty string.
            self::store($module, $field, (string) ($values[$field] ?? ''));
        }
        self::store($module, 'access', implode(',', $roles));
        self::noteHooks($module);
        run_hook('AddonModuleConfigSave', []);
    }

    /** upgrade() is called the first time the module is accessed after its version changed (whmcs.md §6). */
    public static function upgradeIfNewer(string $module): void
    {
        $stored = (string) self::setting($module, 'version');
        $current = (string) (self::config($module)['version'] ?? '');
        if ($stored === $current) {
            return;
        }
        if (self::has($module, 'upgrade')) {
            self::call($module, 'upgrade', ['version' => $stored] + self::variables($module));
        }
        self::store($module, 'version', $current);
    }

    /** @return array<string, mixed> What output(), clientarea() and the like get. */
    public static function variables(string $module): array
    {
        $settings = Db::table('tbladdonmodules')->where('module', $module)->pluck('value', 'setting')->all();
        return ['modulelink' => "addonmodules.php?module=$module", '_lang' => self::language($module)] + $settings;
    }

    /** @return list<int> Admin roles that may open the module. */
    public static function roles(string $module): array
    {
        return array_map('intval', array_filter(explode(',', (string) self::setting($module, 'access'))));
    }

    public static function setting(string $module, string $setting): ?string
    {
        return Db::table('tbladdonmodules')->where('module', $module)->where('setting', $setting)->value('value');
    }

    public static function has(string $module, string $function): bool
    {
        require_once self::file($module);
        return function_exists("{$module}_$function");
    }

    public static function call(string $module, string $function, mixed ...$arguments): mixed
    {
        if (!self::has($module, $function)) {
            throw new RuntimeException("The module $module has no function {$module}_$function.");
        }
        return ("{$module}_$function")(...$arguments);
    }

    /** $_ADDONLANG of the module's English file. @return array<string, string> */
    private static function language(string $module): array
    {
        $_ADDONLANG = [];
        $file = ROOTDIR . "/modules/addons/$module/lang/english.php";
        if (is_file($file)) {
            require $file;
        }
        return $_ADDONLANG;
    }

    private static function file(string $module): string
    {
        return ROOTDIR . "/modules/addons/$module/$module.php";
    }

    private static function noteHooks(string $module): void
    {
        if (is_file(ROOTDIR . "/modules/addons/$module/hooks.php")) {
            self::setList('AddonModulesHooks', [...self::list('AddonModulesHooks'), $module]);
        }
    }

    private static function store(string $module, string $setting, string $value): void
    {
        $row = Db::table('tbladdonmodules')->where('module', $module)->where('setting', $setting);
        if ($row->exists()) {
            $row->update(['value' => $value]);
        } else {
            Db::table('tbladdonmodules')->insert(compact('module', 'setting', 'value'));
        }
    }

    /** @return list<string> */
    private static function list(string $setting): array
    {
        return array_values(array_filter(explode(',', Settings::get($setting))));
    }

    /** @param array<string> $modules */
    private static function setList(string $setting, array $modules): void
    {
        Settings::set($setting, implode(',', array_unique($modules)));
    }
}
